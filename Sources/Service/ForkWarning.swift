import Logging
import SyncCore

extension Node {
    /// Tells the operator once of each branch, when it first comes: a machine was copied or went
    /// back to an old state. Nothing is lost, but somebody has to look which of the two goes on.
    func warn(ofForks logs: [LogID]) {
        for log in logs { logger.warning("log forked", metadata: ["log": "\(log)"]) }
    }
}
