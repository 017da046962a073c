import JSONSource
import Profiles

extension GraphPayload {
    /// The body for the `/assign` action, which replaces the whole list: first the included targets, then the excluded ones, both in the
    /// profile's canonical order. An empty list removes the profile from everybody.
    ///
    /// An assignment is an object with only a `target`. It needs no type, because the action declares its parameter as a collection of
    /// deviceConfigurationAssignment, and no id, which Intune gives it. A target without a filter has no filter keys.
    public static func assign(_ profile: EffectiveProfile) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("assignments")
        writer.beginArray()
        for target in profile[.include].targets { write(target, groupType: GraphNames.AssignmentTargetType.group, into: &writer) }
        for target in profile[.exclude].targets { write(target, groupType: GraphNames.AssignmentTargetType.excludedGroup, into: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.finish()
    }

    private static func write(_ target: AssignmentTarget, groupType: String, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("target")
        writer.beginObject()
        let type =
            switch target.audience {
            case .allUsers: GraphNames.AssignmentTargetType.allUsers
            case .allDevices: GraphNames.AssignmentTargetType.allDevices
            case .group: groupType
            }
        writer.member(GraphNames.typeKey, GraphNames.type(type))
        if let filter = target.filter {
            writer.member(GraphNames.filterID, filter.reference.id)
            writer.member(GraphNames.filterMode, filter.mode.rawValue)
        }
        if case .group(let group) = target.audience { writer.member(GraphNames.groupID, group.id) }
        writer.endObject()
        writer.endObject()
    }
}
