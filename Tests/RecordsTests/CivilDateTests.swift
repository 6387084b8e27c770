import Records
import Testing

@Suite struct `A civil date` {
    @Test(arguments: ["2026-11-21", "2024-02-29", "2000-02-29", "1900-01-01", "2200-12-31"])
    func `is read and written alike`(text: String) {
        #expect(CivilDate(text)?.description == text)
    }

    @Test(arguments: [
        "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-1",
        "26-01-01",
        "2026/11/21", "2026-11-21T00:00", "２０２６-11-21", "2026-11-+1", "1899-12-31", "", "--",
    ])
    func `that does not exist is refused`(text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test(arguments: [
        ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"),
        ("2026-11-21", 3, "2027-02-21"), ("2024-02-29", 12, "2025-02-28"),
        ("2026-03-31", -1, "2026-02-28"), ("2026-12-15", 36, "2029-12-15"),
    ])
    func `moves by months to the same day or the month's last`(
        from: String, months: Int, to: String
    ) {
        #expect(CivilDate(from)?.adding(months: months)?.description == to)
    }

    @Test func `beyond the calendar is nil`() {
        #expect(CivilDate("2200-12-31")?.adding(months: 1) == nil)
        #expect(CivilDate("1900-01-01")?.adding(months: -30_000) == nil)
    }
}
