/// Times as people type and read them.
import Service
import Testing

@Suite struct BeijingTimeTests {
    @Test(
        arguments: [
            ("2026-11-21 08:30", 1_795_221_000_000), ("2026-11-21T08:30:15", 1_795_221_015_000),
            ("1970-01-01 08:00", 0),
        ] as [(String, Int64)])
    func `a typed time is Beijing time`(text: String, milliseconds: Int64) {
        #expect(BeijingTime.milliseconds(text) == milliseconds)
        #expect(BeijingTime.short(milliseconds: milliseconds).prefix(10) == text.prefix(10))
    }

    @Test(arguments: ["", "昨天", "2026-02-30 08:00", "2026-11-21", "08:30", "2026-11-21 25:00"])
    func `what is no time is refused`(text: String) {
        #expect(BeijingTime.milliseconds(text) == nil)
    }
}
