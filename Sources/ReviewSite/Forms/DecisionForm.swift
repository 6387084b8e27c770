import Records
import Service
import Store
import SyncCore

/// The form that decides a conflict, for the template.
struct DecisionForm {
    struct Option {
        let id: String
        let value: String
        let title: String
        let detail: String?
        let isChosen: Bool
        /// The inputs for another value follow.
        let hasInputs: Bool
    }

    let action: String
    let token: String
    let shown: String
    let legend: String
    let options: [Option]
    /// The only way to decide: nothing to choose.
    let onlyChoice: String?
    let inputs: [FieldInput]
    let choiceMessage: String?
    let reason: String
    let reasonMessage: String?
    let user: String
    let userMessage: String?
}

extension DecisionForm {
    /// Nil when this version cannot decide the conflict.
    init?(
        _ subject: ConflictSubject, values: [FieldID: Value], token: String,
        draft: DecisionDraft?, refusal: DecisionRefusal?, user: String?
    ) {
        guard subject.type != nil else { return nil }
        let complaints = refusal?.complaints ?? []
        // Among sides that were not there before, the choice is to be made anew.
        let chosen: String? = if case .moved = refusal { nil } else { draft?.choice }
        func message(_ anchor: String) -> String? {
            complaints.first { $0.anchor == anchor }?.message
        }
        let choices = subject.choices
        let fields = subject.decidableFields
        action = Address.conflict(subject.item.name) + "/decision"
        self.token = token
        shown = subject.item.sides.map(\.id).joined(separator: " ")
        legend = subject.question
        onlyChoice = choices.isEmpty ? "values" : nil
        options = choices.enumerated().map { index, choice in
            Option(
                id: index == 0 ? "decision" : "decision-\(index)", value: choice.value,
                title: choice.title, detail: choice.detail,
                isChosen: chosen == choice.value, hasInputs: choice.value == "values")
        }
        inputs = fields.map { field in
            FieldInput(
                field, value: values[field.id], entered: draft?.form,
                message: message(FieldEntry(field: field).anchor))
        }
        choiceMessage = message("decision")
        reason = draft?.reason ?? ""
        reasonMessage = message("reason")
        self.user = draft?.author ?? user ?? ""
        userMessage = message("user")
    }
}

extension ConflictSide {
    var id: String { ShortID(reference).description }
}
