/// Figure 7: a node that has nothing yet takes everything from the hub.
enum NewNode {
    static func measure(_ stand: Stand) async throws -> [Measurement] {
        let (options, writer, newcomer) = (stand.options, try stand.county(0), try stand.county(1))
        let hubFolder = try stand.makeHub(of: [writer, newcomer], "hub")
        let countyFolder = try stand.makeCounty(writer, "writer") {
            try $0.create(0..<options.size)
        }
        let emptyFolder = try stand.makeCounty(newcomer, "newcomer")
        defer { stand.remove([hubFolder, countyFolder, emptyFolder]) }
        _ = try await stand.exchange(county: countyFolder, hub: hubFolder)
        let runs = try await stand.repeated {
            let (hubCopy, countyCopy) = (try stand.copy(hubFolder), try stand.copy(emptyFolder))
            defer { stand.remove([hubCopy, countyCopy]) }
            let floor = try Floor.seconds(changes: options.size, in: stand.folder)
            return (try await stand.exchange(county: countyCopy, hub: hubCopy), floor)
        }
        let size = Double(options.size)
        return [
            Measurement(
                figure: 7, name: "a new node takes everything", unit: "changes/s",
                values: runs.map { size / $0.0.seconds },
                floor: runs.map { size / $0.1 }.median, bound: .atLeast(0.7),
                detail: try Exchange.detail(
                    runs.map(\.0), probedIn: stand.folder))
        ]
    }
}
