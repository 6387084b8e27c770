import SyncCore

/// The invariants of a credit record. Drafts may lack basis and evidence; what is published may not.
///
/// Publicity periods: 《信用修复管理办法》 (NDRC Order 36, in force from 2026-04-01).
extension CreditRecord {
    static let rules = [
        RecordRule(
            1,
            Bilingual(
                "公示不良记录须有法律、合同或决定依据，并至少附一份证据。",
                "A bad record is published only with a basis and at least one piece of evidence."),
            [evidence, legalBasis, decisionNo, polarity, publicityMode]
        ) { values in
            let hasBasis = !values.items(legalBasis).isEmpty || values.text(decisionNo) != nil
            return values.isBad && values.isPublic
                && !(hasBasis && !values.items(evidence).isEmpty)
        },
        RecordRule(
            2,
            Bilingual(
                "来源为外部认定时，须填写决定机关、文号和日期。",
                "A decision of another body needs that body, the number and the date."),
            [decisionNo, decisionBody, decisionDate, source]
        ) { values in
            values.text(source) == "OFFICIAL_REF"
                && (values.text(decisionBody) == nil || values.text(decisionNo) == nil
                    || values.date(decisionDate) == nil)
        },
        RecordRule(
            3,
            Bilingual(
                "本单位履约评价不得认定为“严重”，请改等级，或引用有权机关的决定。",
                "An own evaluation cannot be serious: lower it, or cite a competent body."),
            [severity, source]
        ) { values in
            values.isOwn && values.text(severity) == "SERIOUS"
        },
        RecordRule(
            4,
            Bilingual(
                "处罚截止日不得早于起始日。", "The penalty must not end before it begins."),
            [penaltyTo, penaltyFrom]
        ) { values in
            guard let from = values.date(penaltyFrom), let to = values.date(penaltyTo)
            else { return false }
            return to < from
        },
        RecordRule(
            5,
            Bilingual(
                "等级与性质不符：良好记录为 A、B，不良记录为轻微、一般、严重。",
                "A good record is A or B; a bad one is slight, general or serious."),
            [severity, polarity]
        ) { values in
            switch values.text(severity) {
            case "A", "B": values.isBad
            case "SLIGHT", "GENERAL", "SERIOUS": values.text(polarity) == "GOOD"
            default: false
            }
        },
        RecordRule(
            6,
            Bilingual(
                "公示须有起始日和最长截止日，且依次为起始日、最短截止日、最长截止日。",
                "Publicity needs a first day and a latest end, in order with the earliest end."),
            [publicityMaxEnd, publicityFrom, publicityMinEnd, publicityMode]
        ) { values in
            let (from, last) = (values.date(publicityFrom), values.date(publicityMaxEnd))
            if values.isPublic && (from == nil || last == nil) { return true }
            let days = [from, values.date(publicityMinEnd), last].compactMap(\.self)
            return days != days.sorted()
        },
        RecordRule(
            7,
            Bilingual(
                "公示期超过上限：轻微三个月，一般一年，严重三年。请缩短最长截止日。",
                "Published for too long: at most three months if slight, one year if general, "
                    + "three years if serious."),
            [publicityMaxEnd, publicityFrom, severity]
        ) { values in
            guard let from = values.date(publicityFrom), let last = values.date(publicityMaxEnd),
                let months = values.text(severity).flatMap({ publicityMaxMonths[$0] }),
                let limit = from.adding(months: months)
            else { return false }
            return last > limit
        },
        RecordRule(
            8,
            Bilingual(
                "本单位履约评价不得使用“失信”字样，请改述事实。",
                "An own evaluation must not use the word 失信: describe the facts instead."),
            [facts, source]
        ) { values in
            values.isOwn && (values.text(facts)?.contains("失信") ?? false)
        },
    ]

    /// By severity.
    static let publicityMaxMonths = ["SLIGHT": 3, "GENERAL": 12, "SERIOUS": 36]
}

extension [FieldID: Value] {
    fileprivate var isBad: Bool { text(CreditRecord.polarity) == "BAD" }
    fileprivate var isPublic: Bool { text(CreditRecord.publicityMode) == "PUBLIC" }
    fileprivate var isOwn: Bool { text(CreditRecord.source) == "PERFORMANCE" }
}
