/// `#17#`: how an attempt's number is written into what it writes.
enum Mark {
    static func text(_ mark: Int) -> String { "#\(mark)#" }

    /// The first mark in a text.
    static func find(in text: String) -> Int? {
        let parts = text.split(separator: "#", omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return nil }
        return parts.dropFirst().lazy.compactMap { Int($0) }.first
    }
}
