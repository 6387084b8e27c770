import Records
import Testing

@Suite struct `A unified social credit code` {
    @Test(arguments: USCCVectors.all)
    func `meets its test vector`(text: String, expectation: USCCVectors.Expectation) {
        switch expectation {
        case .valid:
            #expect((try? USCC(text))?.warnings == [])
        case .validWithUnknownDivision:
            let uscc = try? USCC(text)
            #expect(uscc?.warnings == uscc.map { [.unknownDivision($0.division)] })
        case .invalidCheck:
            #expect(throws: USCC.Fault.checkDigit(expected: "6")) { try USCC(text) }
        case .invalidAlphabet:
            #expect(throws: USCC.Fault.alphabet("I")) { try USCC(text) }
        case .invalidLength:
            #expect(throws: USCC.Fault.length(17)) { try USCC(text) }
        }
    }

    @Test(arguments: [
        "９１４４０３００１９２２０３８２１６", "\u{3000}914403001922038216 \n", "\u{FEFF}914403001922038216",
    ])
    func `is folded and trimmed to one normal form`(text: String) throws {
        #expect(try USCC(text).code == "914403001922038216")
    }

    @Test func `is upper-cased`() throws {
        #expect(try USCC("91440300708461136t").code == "91440300708461136T")
    }

    @Test func `holds no character that only looks like one of its own`() throws {
        let code = "9163000071000000K"
        let kelvin = "9163000071000000\u{212A}"
        for check in "0123456789ABCDEFGHJKLMNPQRTUWXY" {
            guard (try? USCC(code + String(check))) != nil else { continue }
            #expect(throws: USCC.Fault.alphabet("\u{212A}")) { try USCC(kelvin + String(check)) }
        }
    }

    @Test(arguments: 0..<17)
    func `fails its check digit when any one character is changed`(index: Int) {
        var characters = Array("914403001922038216")
        characters[index] = characters[index] == "7" ? "8" : "7"
        #expect(throws: USCC.Fault.self) { try USCC(String(characters)) }
    }

    @Test func `whose inner check fails is doubtful, not wrong`() throws {
        // One digit of the organisation code differs; one of 31 check digits fits.
        let body = "91440300192203831"
        let fitting = "0123456789ABCDEFGHJKLMNPQRTUWXY".compactMap { try? USCC(body + String($0)) }
        #expect(fitting.map(\.warnings) == [[.innerCheck]])
    }

    @Test func `is split into its parts`() throws {
        let uscc = try USCC("91632221227001120X")
        #expect(uscc.division == "632221")
        #expect(uscc.organisationCode == "227001120")
    }

    @Test func `of a fictional supplier is valid, its own, and of no real division`() throws {
        let indices = [0, 1, 2, 30, 31, 961, 887_503_680]
        let codes = indices.map { FictionalSupplier.code(index: $0) }
        #expect(Set(codes).count == indices.count)
        for code in codes {
            #expect(try USCC(code.code) == code)
            #expect(code.warnings == [.unknownDivision("990000")])
        }
        #expect(FictionalSupplier.code(index: 7) == FictionalSupplier.code(index: 7))
        #expect(FictionalSupplier.name(index: 0) == "示例物业服务有限公司（虚构0001）")
    }
}
