# Sets the number of shards at the three places that must agree:
#   jq --argjson shards 8 --from-file shards.jq reconcile.json | kubectl apply --filename -
.spec.jobTemplate.spec |= (
  .completions = $shards
  | .parallelism = $shards
  | (.template.spec | .containers[], .initContainers[]? | .env[] | select(.name == "SHARDS")).value |= ($shards | tostring)
)
