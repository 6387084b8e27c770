/// Valid, invalid and normalisation cases of GB 32100-2015, each recomputed. The codes are public;
/// nothing is said about their holders.
enum USCCVectors {
    enum Expectation {
        case valid
        case validWithUnknownDivision
        case invalidCheck
        case invalidAlphabet
        case invalidLength
    }

    static let all: [(text: String, expectation: Expectation)] = [
        ("914403001922038216", .valid),
        ("91440300708461136T", .valid),
        ("91330100799655058B", .valid),
        ("91110108551385082Q", .valid),
        ("91110000600037341L", .valid),
        ("91632221227001120X", .valid),
        ("91630100710489621F", .valid),
        ("913415237585333025", .valid),
        ("916329007104910195", .validWithUnknownDivision),
        ("91100000100003962T", .valid),
        ("91440300192181490G", .valid),
        ("9152000071430580XT", .valid),
        ("914403001922038217", .invalidCheck),
        ("91440300192203812I", .invalidAlphabet),
        ("91440300192203821", .invalidLength),
        ("９１４４０３００１９２２０３８２１６", .valid),
        ("914403001922038216 ", .valid),
        ("91440300708461136t", .valid),
    ]
}
