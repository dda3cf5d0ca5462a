package org.coconutdb.engine.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which transaction has to come before which, and why.
final class Graph {
    /// Why one comes before another.
    enum Why {
        /// Its write was overwritten by the other's.
        WW,
        /// The other read its write.
        WR,
        /// It read what the other then overwrote.
        RW,
        /// It was acknowledged before the other began.
        TIME
    }

    /// @param to number of a node
    record Edge(int from, int to, Why why, String key) {}

    private final List<List<Edge>> edges = new ArrayList<>();

    int addNode() {
        edges.add(new ArrayList<>());
        return edges.size() - 1;
    }

    void add(int from, int to, Why why, String key) {
        if (from != to) {
            edges.get(from).add(new Edge(from, to, why, key));
        }
    }

    List<Edge> edgesOf(int node) {
        return edges.get(node);
    }

    /// Components in which each node leads to each other one over edges of some kinds, those of a single node left out (Tarjan 1972, without
    /// recursion).
    List<List<Integer>> components(Set<Why> kinds) {
        int count = edges.size();
        int[] index = new int[count];
        int[] low = new int[count];
        int[] next = new int[count];
        boolean[] onStack = new boolean[count];
        Arrays.fill(index, -1);
        Deque<Integer> stack = new ArrayDeque<>();
        Deque<Integer> path = new ArrayDeque<>();
        List<List<Integer>> found = new ArrayList<>();
        int counter = 0;
        for (int start = 0; start < count; start++) {
            if (index[start] >= 0) {
                continue;
            }
            path.push(start);
            while (!path.isEmpty()) {
                int node = path.element();
                if (index[node] < 0) {
                    index[node] = counter;
                    low[node] = counter++;
                    stack.push(node);
                    onStack[node] = true;
                }
                if (next[node] < edges.get(node).size()) {
                    Edge edge = edges.get(node).get(next[node]++);
                    int to = edge.to();
                    if (!kinds.contains(edge.why())) {
                        continue;
                    }
                    if (index[to] < 0) {
                        path.push(to);
                    } else if (onStack[to]) {
                        low[node] = Math.min(low[node], index[to]);
                    }
                    continue;
                }
                path.pop();
                if (!path.isEmpty()) {
                    low[path.element()] = Math.min(low[path.element()], low[node]);
                }
                if (low[node] == index[node]) {
                    List<Integer> component = new ArrayList<>();
                    int member;
                    do {
                        member = stack.pop();
                        onStack[member] = false;
                        component.add(member);
                    } while (member != node);
                    if (component.size() > 1) {
                        found.add(component);
                    }
                }
            }
        }
        return found;
    }

    /// The shortest cycle in a component that goes over one of the edges named first and otherwise over those named second; null where there
    /// is none.
    @Nullable
    List<Edge> shortestCycle(List<Integer> component, Set<Why> first, Set<Why> others) {
        List<Edge> shortest = null;
        BitSet members = new BitSet();
        component.forEach(members::set);
        Edge[] reachedBy = new Edge[edges.size()];
        int longest = component.size();
        for (int from : component) {
            for (Edge edge : edges.get(from)) {
                if (first.contains(edge.why()) && members.get(edge.to())) {
                    // Shorter by the edge itself, and by one, than what is known.
                    List<Edge> back = path(edge.to(), from, members, others, longest - 1, reachedBy);
                    if (back != null) {
                        shortest = new ArrayList<>(List.of(edge));
                        shortest.addAll(back);
                        longest = shortest.size() - 1;
                    }
                    // No cycle has fewer edges than two.
                    if (longest < 2) {
                        return shortest;
                    }
                }
            }
        }
        return shortest;
    }

    /// Breadth first, up to a length.
    ///
    /// @param reachedBy room for an edge for each node; empty before and after
    private @Nullable List<Edge> path(int from, int to, BitSet members, Set<Why> why, int longest, @Nullable Edge[] reachedBy) {
        List<Integer> reached = new ArrayList<>(List.of(from));
        int begin = 0;
        List<Edge> path = null;
        for (int length = 0; length < longest && begin < reached.size() && path == null; length++) {
            int end = reached.size();
            for (; begin < end && path == null; begin++) {
                for (Edge edge : edges.get(reached.get(begin))) {
                    int next = edge.to();
                    if (why.contains(edge.why()) && members.get(next) && next != from && reachedBy[next] == null) {
                        reachedBy[next] = edge;
                        reached.add(next);
                        if (next == to) {
                            path = pathTo(to, from, reachedBy);
                            break;
                        }
                    }
                }
            }
        }
        reached.forEach(node -> reachedBy[node] = null);
        return path;
    }

    private static List<Edge> pathTo(int to, int from, @Nullable Edge[] reachedBy) {
        List<Edge> path = new ArrayList<>();
        for (int at = to; at != from; at = path.getLast().from()) {
            path.add(reachedBy[at]);
        }
        Collections.reverse(path);
        return path;
    }

    static final Set<Why> WRITES = EnumSet.of(Why.WW);
    static final Set<Why> INFORMATION = EnumSet.of(Why.WW, Why.WR);
    static final Set<Why> ALL_BUT_TIME = EnumSet.of(Why.WW, Why.WR, Why.RW);
    static final Set<Why> ALL_BUT_RW = EnumSet.of(Why.WW, Why.WR, Why.TIME);
    static final Set<Why> ALL = EnumSet.allOf(Why.class);
}
