/// One file: what processes read, and what of it a power cut may still take away.
struct DiskFile: Sendable {
    static let sectorBytes = 512

    private(set) var content: [UInt8] = []
    private(set) var synced: [UInt8] = []
    /// For each sector written since the last sync, what it held after each write, in order.
    private var unsynced: [Int: [[UInt8]]] = [:]
    /// Sectors that a failed sync lost: the system believes that they are on disk.
    private var lost: Set<Int> = []
    /// The least that was left by truncating since the last sync: what lies behind came later.
    private var kept = Int.max

    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        let end = offset + bytes.count
        if content.count < end { content += [UInt8](repeating: 0, count: end - content.count) }
        content.withUnsafeMutableBytes { $0[offset..<end].copyBytes(from: bytes) }
        for sector in offset / Self.sectorBytes...max(offset, end - 1) / Self.sectorBytes {
            unsynced[sector, default: []].append(Self.sector(sector, of: content))
            lost.remove(sector)
        }
    }

    mutating func truncate(to count: Int) {
        if count < content.count { content.removeSubrange(count...) }
        kept = min(kept, content.count)
        let sectors = (count + Self.sectorBytes - 1) / Self.sectorBytes
        unsynced = unsynced.filter { $0.key < sectors }
        lost = lost.filter { $0 < sectors }
    }

    /// Sector by sector: files are long, and what is synced of them is short.
    mutating func sync() {
        if synced.count > kept { synced.removeSubrange(kept...) }
        if synced.count > content.count { synced.removeSubrange(content.count...) }
        synced += [UInt8](repeating: 0, count: content.count - synced.count)
        for (sector, versions) in unsynced {
            guard let last = versions.last else { continue }
            Self.put(last, sector, in: &synced)
        }
        unsynced = [:]
        kept = .max
    }

    mutating func failSync() {
        lost.formUnion(unsynced.keys)
        unsynced = [:]
    }

    /// Behind everybody's back, in what was synced, too, as far as that reaches.
    mutating func flip(bit: Int, ofByte offset: Int) {
        content[offset] ^= 1 << UInt8(bit)
        if offset < synced.count { synced[offset] ^= 1 << UInt8(bit) }
    }

    /// What the next process finds: sizes and sectors each as they were or as they should be.
    mutating func cutPower(_ dice: inout Dice) {
        var bytes = synced
        let sizes = [synced.count, content.count].sorted()
        let size = [synced.count, content.count, dice.roll(sizes[0]...sizes[1])][dice.roll(0...2)]
        bytes += [UInt8](repeating: 0, count: max(0, size - bytes.count))
        bytes.removeSubrange(size...)
        for sector in unsynced.keys.sorted() where sector * Self.sectorBytes < size {
            let versions = [Self.sector(sector, of: synced)] + (unsynced[sector] ?? [])
            Self.put(Self.survivor(of: versions, &dice), sector, in: &bytes)
        }
        content = bytes
        synced = bytes
        unsynced = [:]
        lost = []
        kept = .max
    }

    /// Old, new, or torn between two versions that followed each other.
    private static func survivor(of versions: [[UInt8]], _ dice: inout Dice) -> [UInt8] {
        switch dice.roll(0...2) {
        case 0: return versions[0]
        case 1: return versions[versions.count - 1]
        default:
            let later = dice.roll(1...versions.count - 1)
            let cut = dice.roll(0...sectorBytes)
            return Array(versions[later][..<cut] + versions[later - 1][cut...])
        }
    }

    /// Padded with zeros behind the end.
    private static func sector(_ sector: Int, of bytes: [UInt8]) -> [UInt8] {
        let start = sector * sectorBytes
        let part = bytes[min(start, bytes.count)..<min(start + sectorBytes, bytes.count)]
        return Array(part) + [UInt8](repeating: 0, count: sectorBytes - part.count)
    }

    private static func put(_ part: [UInt8], _ sector: Int, in bytes: inout [UInt8]) {
        let start = sector * sectorBytes
        guard start < bytes.count else { return }
        let count = min(sectorBytes, bytes.count - start)
        bytes.replaceSubrange(start..<start + count, with: part[..<count])
    }
}
