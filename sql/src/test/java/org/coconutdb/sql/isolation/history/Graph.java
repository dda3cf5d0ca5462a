package org.coconutdb.sql.isolation.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
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

    /// Components in which each node leads to each other one, those of a single node left out (Tarjan 1972, without recursion).
    List<List<Integer>> components() {
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
                    int to = edges.get(node).get(next[node]++).to();
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

    /// The shortest cycle that goes over one of the edges named first and otherwise over those named second; null where there is none.
    @Nullable
    List<Edge> shortestCycle(List<Integer> component, Set<Why> first, Set<Why> others) {
        List<Edge> shortest = null;
        Set<Integer> members = Set.copyOf(component);
        for (int from : component) {
            for (Edge edge : edges.get(from)) {
                if (first.contains(edge.why()) && members.contains(edge.to())) {
                    List<Edge> back = path(edge.to(), from, members, others);
                    if (back != null && (shortest == null || back.size() + 1 < shortest.size())) {
                        shortest = new ArrayList<>(List.of(edge));
                        shortest.addAll(back);
                    }
                }
            }
        }
        return shortest;
    }

    private @Nullable List<Edge> path(int from, int to, Set<Integer> members, Set<Why> why) {
        Edge[] reachedBy = new Edge[edges.size()];
        Deque<Integer> queue = new ArrayDeque<>(List.of(from));
        while (!queue.isEmpty()) {
            int node = queue.remove();
            if (node == to) {
                List<Edge> path = new ArrayList<>();
                for (int at = to; at != from; at = reachedBy[at].from()) {
                    path.add(reachedBy[at]);
                }
                Collections.reverse(path);
                return path;
            }
            for (Edge edge : edges.get(node)) {
                if (why.contains(edge.why()) && members.contains(edge.to()) && edge.to() != from && reachedBy[edge.to()] == null) {
                    reachedBy[edge.to()] = edge;
                    queue.add(edge.to());
                }
            }
        }
        return null;
    }

    static final Set<Why> WRITES = EnumSet.of(Why.WW);
    static final Set<Why> INFORMATION = EnumSet.of(Why.WW, Why.WR);
    static final Set<Why> ALL_BUT_TIME = EnumSet.of(Why.WW, Why.WR, Why.RW);
    static final Set<Why> ALL_BUT_RW = EnumSet.of(Why.WW, Why.WR, Why.TIME);
    static final Set<Why> ALL = EnumSet.allOf(Why.class);
}
