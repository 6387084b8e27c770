/// A forked log: what a peer lacks, and what the branches are called, by brute force.
import SyncCore
import Testing

/// Every change of one log with the one before it: a tree, kept as plainly as can be.
struct PlainTree {
    struct Node: Hashable {
        let id: Int
        let parent: Int?
        let tip: Tip
    }

    static let log = LogID(
        node: NodeID("632521-01")!, incarnation: 1, scope: .province, lane: .records)
    var nodes: [Node] = []

    init(size: Int, forks: Int, random: inout SplitMix64) {
        for id in 0..<size {
            let isFork = random.chance(forks)
            let parent = id == 0 ? nil : isFork ? random.pick(-1..<id) : id - 1
            let before = parent.flatMap { $0 < 0 ? nil : $0 }
            let sequence = (before.map { nodes[$0].tip.sequence } ?? 0) + 1
            let hash = Digest(words: (random.next(), random.next(), 0, 0))
            nodes.append(Node(id: id, parent: before, tip: Tip(sequence: sequence, hash: hash)))
        }
    }

    func closure(_ ids: some Sequence<Int>) -> Set<Int> {
        var all: Set<Int> = []
        for id in ids {
            var next: Int? = id
            while let here = next, all.insert(here).inserted { next = nodes[here].parent }
        }
        return all
    }

    /// Any set of changes with all that come before them.
    func part(_ random: inout SplitMix64) -> Set<Int> {
        closure((0..<random.below(4)).map { _ in random.below(nodes.count) })
    }

    func tips(of stored: Set<Int>) -> [Int] {
        stored.filter { id in !stored.contains { nodes[$0].parent == id } }.sorted()
    }

    func reference(_ id: Int) -> Reference {
        Reference(log: Self.log, sequence: nodes[id].tip.sequence, hash: nodes[id].tip.hash)
    }

    /// What a node that stores some changes must send to a peer with these tips.
    func lacks(stored: Set<Int>, peerTips: [Int], mark: Int?) -> Set<Int> {
        let unknown = peerTips.filter { !stored.contains($0) }
        var shared = peerTips.filter(stored.contains)
        if let mark, stored.contains(mark), !unknown.isEmpty { shared.append(mark) }
        let known = closure(shared)
        var lacking: Set<Int> = []
        for tip in tips(of: stored) where !known.contains(tip) {
            let isBehind = unknown.contains {
                nodes[$0].tip.sequence > nodes[tip].tip.sequence
            }
            if !isBehind { lacking.formUnion(closure([tip]).subtracting(known)) }
        }
        return lacking
    }

    /// The first change of the branch that each change lies on; nil on the shared beginning.
    func branchNames(of stored: Set<Int>) -> [Int: Reference?] {
        func children(_ parent: Int?) -> [Int] { stored.filter { nodes[$0].parent == parent } }
        var names: [Int: Reference?] = [:]
        func name(_ id: Int, _ inherited: Reference?) {
            let own = children(nodes[id].parent).count > 1 ? reference(id) : inherited
            names[id] = .some(own)
            for child in children(id) { name(child, own) }
        }
        for root in children(nil) { name(root, nil) }
        return names
    }
}

/// The same changes as a store keeps them, in runs that depend on the order of arrival.
struct StoredTree {
    var tree: HashTree
    var places: [Run.Point: Int] = [:]
    let plain: PlainTree

    init(_ plain: PlainTree, _ stored: Set<Int>, random: inout SplitMix64) {
        self.plain = plain
        struct Growing {
            var parent: Run.Point?
            var members: [Int]
        }
        var runs: [Growing] = []
        var point: [Int: Run.Point] = [:]
        var left = stored
        while !left.isEmpty {
            let ready = left.filter { plain.nodes[$0].parent.map { !left.contains($0) } ?? true }
            guard let id = random.pick(ready.sorted()) else { break }
            left.remove(id)
            let parent = plain.nodes[id].parent
            let run = runs.firstIndex { $0.members.last == parent && parent != nil }
            if let run {
                runs[run].members.append(id)
            } else {
                runs.append(Growing(parent: parent.flatMap { point[$0] }, members: [id]))
            }
            let place = Run.Point(
                run: Int64(run ?? runs.count - 1), sequence: plain.nodes[id].tip.sequence)
            point[id] = place
            places[place] = id
        }
        tree = HashTree(
            log: PlainTree.log,
            runs: runs.enumerated().map { index, run in
                Run(
                    id: Int64(index), parent: run.parent,
                    firstSequence: plain.nodes[run.members[0]].tip.sequence,
                    last: plain.nodes[run.members[run.members.count - 1]].tip)
            }.shuffled(using: &random))
    }

    func prefix(_ run: Int64, _ sequence: UInt64) -> UInt64 {
        places[Run.Point(run: run, sequence: sequence)].map { plain.nodes[$0].tip.hash.prefix } ?? 0
    }

    func ids(_ ranges: [RunRange]) -> [Int] {
        ranges.flatMap { range in
            range.sequences.compactMap { places[Run.Point(run: range.run, sequence: $0)] }
        }
    }
}

@Suite struct HashTreeTests {
    static let seeds = 0..<600

    private func world(_ seed: Int) -> (PlainTree, SplitMix64) {
        var random = SplitMix64(state: UInt64(seed))
        let size = 1 + random.below(14)
        let forks = [0, 15, 40][random.below(3)]
        return (PlainTree(size: size, forks: forks, random: &random), random)
    }

    @Test func `A peer is sent exactly what it lacks`() {
        for seed in Self.seeds {
            var (plain, random) = world(seed)
            let mine = plain.part(&random)
            let theirs = plain.part(&random)
            let mark = random.chance(50) ? random.pick(mine.intersection(theirs).sorted()) : nil
            let stored = StoredTree(plain, mine, random: &random)
            let peerTips = plain.tips(of: theirs)
            let ranges = stored.tree.lacking(
                peerTips: peerTips.map {
                    (plain.nodes[$0].tip.sequence, plain.nodes[$0].tip.hash.prefix)
                },
                mark: mark.map(plain.reference), stored.prefix)
            let sent = stored.ids(ranges)
            #expect(Set(sent).count == sent.count, "seed \(seed): something twice")
            #expect(
                Set(sent) == plain.lacks(stored: mine, peerTips: peerTips, mark: mark),
                "seed \(seed)")
        }
    }

    @Test func `Two nodes that send what the other lacks end with the same tree`() {
        for seed in Self.seeds {
            var (plain, random) = world(seed)
            var sets = [plain.part(&random), plain.part(&random)]
            let all = sets[0].union(sets[1])
            for round in 0..<6 {
                let from = round % 2
                let stored = StoredTree(plain, sets[from], random: &random)
                let peer = plain.tips(of: sets[1 - from]).map {
                    (
                        sequence: plain.nodes[$0].tip.sequence,
                        prefix: plain.nodes[$0].tip.hash.prefix
                    )
                }
                let ranges = stored.tree.lacking(peerTips: peer, mark: nil, stored.prefix)
                sets[1 - from].formUnion(stored.ids(ranges))
            }
            #expect(sets == [all, all], "seed \(seed)")
        }
    }

    @Test func `Branches are named alike whatever arrived first`() {
        for seed in Self.seeds {
            var (plain, random) = world(seed)
            let mine = plain.part(&random)
            let expected = plain.branchNames(of: mine)
            for _ in 0..<3 {
                let stored = StoredTree(plain, mine, random: &random)
                let branches = stored.tree.branches(stored.prefix)
                var count = 0
                for (id, name) in expected {
                    let sequence = plain.nodes[id].tip.sequence
                    let found = branches.filter {
                        $0.name == name && $0.sequences.contains(sequence)
                    }
                    #expect(found.count == 1, "seed \(seed)")
                    count += 1
                }
                #expect(branches.reduce(0) { $0 + $1.sequences.count } == count, "seed \(seed)")
            }
        }
    }

    @Test func `Tips are the changes that nothing follows, and every change is found in its place`()
    {
        for seed in Self.seeds {
            var (plain, random) = world(seed)
            let mine = plain.part(&random)
            let stored = StoredTree(plain, mine, random: &random)
            let tips = plain.tips(of: mine).map { plain.nodes[$0].tip }
            #expect(stored.tree.tips == tips.sorted(), "seed \(seed)")
            for id in plain.nodes.indices {
                let tip = plain.nodes[id].tip
                let place = stored.tree.locate(
                    sequence: tip.sequence, prefix: tip.hash.prefix, stored.prefix)
                #expect(place.flatMap { stored.places[$0] } == (mine.contains(id) ? id : nil))
                guard let place else { continue }
                #expect(Set(stored.ids(stored.tree.path(to: place))) == plain.closure([id]))
            }
        }
    }

    @Test func `D14 The branches of a clone are named by the first change of each`() {
        var random = SplitMix64(state: 0)
        var plain = PlainTree(size: 2, forks: 0, random: &random)
        for _ in 0..<2 {
            plain.nodes.append(
                .init(
                    id: plain.nodes.count, parent: 1,
                    tip: Tip(sequence: 3, hash: Digest(words: (random.next(), 0, 0, 0)))))
        }
        let stored = StoredTree(plain, [0, 1, 2, 3], random: &random)
        let branches = stored.tree.branches(stored.prefix)
        #expect(branches.map(\.name) == [nil] + [plain.reference(2), plain.reference(3)].sorted())
        #expect(branches.map(\.sequences) == [1...2, 3...3, 3...3])
    }
}
