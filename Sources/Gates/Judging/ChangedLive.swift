/// Holds a change to a profile that somebody else has changed in Intune since it was last applied: publishing would overwrite their work.
///
/// No judge can say so, since it shows only when the profile is about to be written: the publisher finds it. It works whatever the policies
/// say. Only `--repair` passes it, or applying the manifest that says what Intune has.
public enum ChangedLive {
    public static let name = "changed-live"
    public static let about = """
        This gate holds a change while a run publishes, where the profile in Intune is neither as it was last applied nor as it is desired: somebody else has changed, \
        replaced or deleted it. reconcile --publish graph --repair overwrites what is there; an approval does not pass it.
        """

    public static let hold = Hold(name: name, source: "default", remedies: [.overwrite]).placed(at: .changedLive)
}
