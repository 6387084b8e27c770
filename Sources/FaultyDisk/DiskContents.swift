/// Everything on a disk: a value, so that a disk is copied, kept and put back at will.
public struct DiskContents: Sendable {
    private var files: [Int: DiskFile] = [:]
    private var names: [String: Int] = [:]
    /// The folder as a power cut may leave it.
    private var durableNames: [String: Int] = [:]
    private var created = 0

    public init() {}

    func id(of name: String) -> Int? { names[name] }

    public func exists(_ name: String) -> Bool { names[name] != nil }

    /// Of all files, in order.
    public var fileNames: [String] { names.keys.sorted() }

    public func bytes(of name: String) -> [UInt8] { names[name].map { file($0).content } ?? [] }

    func file(_ id: Int) -> DiskFile { files[id] ?? DiskFile() }

    mutating func create(_ name: String) {
        created += 1
        files[created] = DiskFile()
        names[name] = created
    }

    /// A file without a name lives on for those who have it open.
    mutating func delete(_ name: String, syncsFolder: Bool) {
        names[name] = nil
        if syncsFolder { durableNames = names }
    }

    mutating func write(_ id: Int, _ bytes: UnsafeRawBufferPointer, at offset: Int) {
        files[id]?.write(bytes, at: offset)
    }

    mutating func truncate(_ id: Int, to count: Int) { files[id]?.truncate(to: count) }

    mutating func sync(_ id: Int, syncsFolder: Bool) {
        files[id]?.sync()
        if syncsFolder { durableNames = names }
    }

    mutating func syncAll() {
        for id in files.keys.sorted() { files[id]?.sync() }
        durableNames = names
    }

    mutating func failSync(_ id: Int) { files[id]?.failSync() }

    public mutating func flip(bit: Int, ofByte offset: Int, in name: String) {
        if let id = names[name] { files[id]?.flip(bit: bit, ofByte: offset) }
    }

    /// Each name that was made or taken away without a sync is there or not.
    public mutating func cutPower(seed: UInt64) {
        var dice = Dice(seed: seed)
        for name in Set(names.keys).union(durableNames.keys).sorted()
        where names[name] != durableNames[name] && dice.roll(0...1) == 0 {
            names[name] = durableNames[name]
        }
        durableNames = names
        files = files.filter { names.values.contains($0.key) }
        for id in files.keys.sorted() { files[id]?.cutPower(&dice) }
    }
}
