# Drift from exports in the volume easel-exports, one folder for each tenant id, in place of Microsoft Graph:
#   jq --from-file exports.jq drift.json | kubectl apply --filename -
.spec.jobTemplate.spec.template.spec |= (
  .volumes += [{name: "exports", persistentVolumeClaim: {claimName: "easel-exports", readOnly: true}}]
  | .containers[0].volumeMounts += [{name: "exports", mountPath: "/exports", readOnly: true}]
  | .containers[0].env += [{name: "EASEL_LIVE", value: "/exports"}]
)
