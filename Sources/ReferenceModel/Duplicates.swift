/// Records of one natural key.
public enum Duplicates {
    /// A living record: the keys that its values say, and the record that it was merged into.
    public struct Subject {
        public let record: Int
        public let keys: Set<String>
        public let mergedInto: Int?

        public init(record: Int, keys: Set<String>, mergedInto: Int?) {
            self.record = record
            self.keys = keys
            self.mergedInto = mergedInto
        }
    }

    /// For each key with more than one record that stands for itself: those records, ascending. Who
    /// was merged in a circle stands for itself, too.
    public static func open(among subjects: [Subject]) -> [String: [Int]] {
        var open: [String: [Int]] = [:]
        for key in subjects.reduce(into: Set<String>(), { $0.formUnion($1.keys) }) {
            let all = subjects.filter { $0.keys.contains(key) }
            let next = Dictionary(
                uniqueKeysWithValues: all.compactMap { subject in
                    subject.mergedInto.map { (subject.record, $0) }
                })
            let standing = all.map(\.record).filter { record in
                guard var other = next[record] else { return true }
                for _ in all {
                    if other == record { return true }
                    guard let further = next[other] else { return false }
                    other = further
                }
                return false
            }
            if standing.count > 1 { open[key] = standing.sorted() }
        }
        return open
    }
}
