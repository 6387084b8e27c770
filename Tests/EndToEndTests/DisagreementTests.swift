import APIClient
import Rehearsal
import Records
import Testing

extension EndToEnd {
    @Suite("Offices that disagree")
    struct Disagreement {
        /// The one conflict that a node shows: name, base and sides.
        private func conflict(_ node: NodeProcess) async throws -> JSON {
            let open = try await node.openConflicts()
            #expect(open.count == 1, "\(node.name)")
            return try #require(open.first)
        }

        private func path(_ conflict: JSON) -> String {
            "/api/v1/conflicts/\((conflict["name"]?.string ?? "").queryEscaped)"
        }

        private func change(_ conflict: JSON, phone: String) throws -> JSON {
            let sides = conflict["sides"]?.array ?? []
            let side = sides.first { $0["values"]?["contactPhone"]?.string == phone }
            return try #require(side?["change"])
        }

        private func expectSame(_ province: Province, sides: Set<String>) async throws -> JSON {
            let first = try await conflict(province.hub)
            for node in province.all {
                let shown = try await conflict(node)
                #expect(shown == first, "\(node.name)")
            }
            let phones = (first["sides"]?.array ?? []).compactMap {
                $0["values"]?["contactPhone"]?.string
            }
            #expect(phones.count == sides.count)
            #expect(Set(phones) == sides)
            return first
        }

        private func expectClosed(
            _ province: Province, _ supplier: String, phone: String
        ) async throws {
            for node in province.all {
                #expect(try await node.openConflicts() == [], "\(node.name)")
                #expect(try await node.phone(of: supplier) == phone, "\(node.name)")
            }
            try await province.expectConverged()
        }

        @Test func `Three edits of one field are one conflict, decided once, closed everywhere`()
            async throws
        {
            try await Province.with(counties: 2) { province in
                let hub = province.hub
                province.up()
                let supplier = try await province.counties[0].addSupplier(1)
                try await province.settle()
                province.down()
                try await province.counties[0].setPhone(of: supplier, "0974-1", as: "jb01")
                try await province.counties[1].setPhone(of: supplier, "0974-2", as: "jb02")
                try await hub.setPhone(of: supplier, "0974-3", as: "sheng1")
                province.up()
                try await province.settle()
                let shown = try await expectSame(
                    province, sides: ["0974-1", "0974-2", "0974-3"])
                #expect(shown["class"] == "same-field")
                #expect(shown["base"]?["contactPhone"] == "0974-850000")

                let token = try await hub.get(path(shown)).token
                let take = try change(shown, phone: "0974-2")
                try await hub.post(
                    path(shown) + "/decision", as: "sheng1", token: token,
                    ["take": take, "reason": "经电话核实"])
                try await province.settle()
                try await expectClosed(province, supplier, phone: "0974-2")
                let closed = try await province.counties[0].ask("GET", path(shown))
                #expect(closed.status == 404)
            }
        }

        @Test func `An edit of the old form reopens what was decided, under the same name`()
            async throws
        {
            try await Province.with(counties: 3) { province in
                let (hub, late) = (province.hub, province.counties[2])
                province.up()
                let supplier = try await province.counties[0].addSupplier(1)
                try await province.settle()
                province.down()
                try await province.counties[0].setPhone(of: supplier, "0974-1", as: "jb01")
                try await province.counties[1].setPhone(of: supplier, "0974-2", as: "jb02")
                for index in 0..<2 {
                    province.links[index].up()
                    try await province.sync(province.counties[index])
                }
                // The third county still shows the first value, and edits that.
                try await late.setPhone(of: supplier, "0974-3", as: "jb03")
                let before = try await conflict(hub)
                let stale = try await hub.get(path(before)).token
                let first = try await hub.post(
                    path(before) + "/decision", as: "sheng1", token: stale,
                    ["take": try change(before, phone: "0974-1"), "reason": "经电话核实"])
                #expect(first["change"]?.string != nil)
                #expect(try await hub.openConflicts() == [])

                province.up()
                try await province.settle()
                let again = try await expectSame(province, sides: ["0974-1", "0974-3"])
                #expect(again["name"] == before["name"])
                let refused = try await hub.ask(
                    "POST", path(again) + "/decision", as: "sheng1", token: stale,
                    ["take": try change(again, phone: "0974-1"), "reason": "旧页面"])
                #expect(refused.status == 412)

                let token = try await hub.get(path(again)).token
                try await hub.post(
                    path(again) + "/decision", as: "sheng1", token: token,
                    ["take": try change(again, phone: "0974-3"), "reason": "以最新核实为准"])
                try await province.settle()
                try await expectClosed(province, supplier, phone: "0974-3")
            }
        }
    }
}
