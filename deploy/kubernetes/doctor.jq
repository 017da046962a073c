# A job that says what each tenant permits, with the pods' own identity:
#   kubectl create job --from=cronjob/easel-drift doctor --dry-run=client --output json | jq --from-file doctor.jq | kubectl apply --filename -
.spec |= (
  .completions = 1
  | .parallelism = 1
  | .backoffLimitPerIndex = 0
  | .template.spec.containers[0].command[2] = "exec easel doctor --live graph --repo \"$EASEL_REPO\" --token-file /secrets/token --cache /cache/doctor $EASEL_DOCTOR_OPTIONS\n"
)
