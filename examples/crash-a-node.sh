#!/usr/bin/env bash
# A test with nothing but bash, kubectl and curl: starts a cluster in virtual time, cuts the power of a node,
# and checks that its pods are replaced elsewhere seven minutes later, which takes no time.
set -euo pipefail

simcluster() { ${SIMCLUSTER:-npx simcluster} "$@"; }

folder=$(mktemp -d)
simcluster serve --detach --nodes 3 --time virtual --kubeconfig "$folder/kubeconfig" > /dev/null
export KUBECONFIG=$folder/kubeconfig
trap 'simcluster stop > /dev/null; rm -r "$folder"' EXIT

kubectl create deployment web --image=nginx --replicas=4
simcluster settle
node=$(kubectl get pods -l app=web -o jsonpath='{.items[0].spec.nodeName}')

simcluster crash "$node"
simcluster advance 7m

# the same state with curl: available replicas, and the pods on the other nodes
field() { kubectl config view --raw -o jsonpath="{$1}"; }
field '.clusters[0].cluster.certificate-authority-data' | base64 -d > "$folder/ca.crt"
field '.users[0].user.client-certificate-data' | base64 -d > "$folder/admin.crt"
field '.users[0].user.client-key-data' | base64 -d > "$folder/admin.key"
curl --silent --fail --cacert "$folder/ca.crt" --cert "$folder/admin.crt" --key "$folder/admin.key" \
  "$(field '.clusters[0].cluster.server')/apis/apps/v1/namespaces/default/deployments/web" > "$folder/web.json"
grep -q '"availableReplicas": 4' "$folder/web.json" || { echo 'not all replicas are available'; exit 1; }

moved=$(kubectl get pods -l app=web --no-headers \
  -o custom-columns='NODE:.spec.nodeName,DELETED:.metadata.deletionTimestamp' | grep '<none>' | grep -vc "^$node ")
[ "$moved" -eq 4 ] || { echo "$moved of 4 pods run on other nodes than $node"; exit 1; }
echo "$node is down, and its pods are replaced"
