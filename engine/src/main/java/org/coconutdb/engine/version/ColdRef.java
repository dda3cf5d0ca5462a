package org.coconutdb.engine.version;

/// Where a cold row lies: in a file of its block's cold tier, in a frame of it, which is compressed as a whole.
///
/// @param file the file's number, above 0
/// @param frame offset of the frame in the file
/// @param frameBytes bytes of the frame on disk, its header included
/// @param rowAt offset of the row in the decompressed frame
public record ColdRef(int file, int frame, int frameBytes, int rowAt) {
    /// Bytes of a reference where it is stored: four little-endian 32-bit numbers in the order above.
    public static final int BYTES = 16;
}
