import SyncCore

extension FieldGroup {
    /// The value in effect while the group is disputed; nil when nothing was ever agreed and the
    /// group waits for that.
    ///
    /// Neither the order of the siblings nor who wrote them matters, so that every node shows the
    /// same one.
    public func valueInEffect(
        lastAgreed: [Value.Entry]?, siblings: [[Value.Entry]]
    ) -> [Value.Entry]? {
        switch inEffectWhileDisputed {
        case .lastAgreed: lastAgreed
        case .mostRestrictive: mostRestrictive(of: (lastAgreed.map { [$0] } ?? []) + siblings)
        }
    }

    /// The candidate that ranks highest; nil when there is none, or the group has no such order.
    public func mostRestrictive(of candidates: [[Value.Entry]]) -> [Value.Entry]? {
        guard case .mostRestrictive(let field, let mildestFirst, let dates) = inEffectWhileDisputed
        else { return nil }
        return candidates.max { a, b in
            let (left, right) = (a.byField, b.byField)
            let ranks = (
                Self.rank(left[field], in: mildestFirst), Self.rank(right[field], in: mildestFirst)
            )
            if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
            for date in dates {
                let (earlier, later) = (left.text(date) ?? "", right.text(date) ?? "")
                if earlier != later { return earlier < later }
            }
            return a.inertOrder < b.inertOrder
        }
    }

    /// A code from a newer version ranks highest: what one cannot judge is not taken for mild.
    private static func rank(_ value: Value?, in mildestFirst: [String]) -> Int {
        switch value {
        case .text(let code): mildestFirst.firstIndex(of: code) ?? mildestFirst.count
        case nil, .null: -1
        default: mildestFirst.count
        }
    }
}

extension [Value.Entry] {
    var byField: [FieldID: Value] {
        Dictionary(map { ($0.key, $0.value) }) { first, _ in first }
    }

    /// Means nothing; only breaks ties in the same way everywhere.
    fileprivate var inertOrder: String { String(describing: self) }
}
