/**
 * An admission webhook of one's own, in process: pods without a team are refused, and pods of a team get its
 * node selector. Run it with `npx tsx examples/webhook.ts`; docs/webhooks.md explains it.
 */
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { admissionWebhook, SimCluster, type WebhookHandler } from 'simcluster'
import type { Pod } from 'simcluster/types'

const NAME = 'teams.example.com'

/** What the webhook does: the code under test. */
export const teams: WebhookHandler = admissionWebhook<Pod>(({ object }) => {
  const team = object?.metadata.labels?.['team']
  if (team === undefined) return { allowed: false, message: 'which team?' }
  return { allowed: true, patch: [{ op: 'add', path: '/spec/nodeSelector', value: { team } }] }
})

/** What an administrator applies: it is asked about new pods in namespaces with the label `teams`. */
const configuration = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: teams}
webhooks:
  - name: ${NAME}
    clientConfig: {url: 'https://${NAME}/'}
    rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
    namespaceSelector: {matchExpressions: [{key: teams, operator: Exists}]}
    sideEffects: None
    admissionReviewVersions: [v1]`

/** A cluster with the webhook, and a namespace where it is asked. */
export function clusterWithTeams(): SimCluster {
  const cluster = new SimCluster({ nodes: 2, webhooks: { [`https://${NAME}`]: teams } })
  cluster.apply(configuration)
  cluster.kubectl('create namespace office')
  cluster.kubectl('label namespace office teams=')
  return cluster.settle()
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const cluster = clusterWithTeams()
  for (const line of [
    'run web -n office --image=nginx',
    'run web -n office --image=nginx --labels=team=a',
    'run web --image=nginx',
    'get pods -A -o custom-columns=NAME:.metadata.name,SELECTOR:.spec.nodeSelector',
  ])
    console.log(`$ kubectl ${line}\n${cluster.kubectl(line).terminal}`)
}
