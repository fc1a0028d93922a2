/**
 * Questions about access to a cluster: who reads the secrets of a namespace, why, and who could come to. Run
 * it with `npx tsx examples/access.ts`; docs/rbac.md explains it.
 */
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { SimCluster } from 'simcluster'
import { authorize, findEventualAccess, escalationPaths, formatProof, whoCan } from 'simcluster/rbac'

/** Jane and a robot may read secrets of prod; the account ci may only create pods there. */
export function prodCluster(): SimCluster {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('create namespace prod')
  cluster.settle()
  for (const line of [
    'create role reader --verb=get --resource=secrets',
    'create rolebinding readers --role=reader --user=jane --serviceaccount=prod:robot',
    'create serviceaccount robot',
    'create role deployer --verb=create --resource=pods',
    'create rolebinding ci --role=deployer --serviceaccount=prod:ci',
    'create serviceaccount ci',
  ])
    cluster.kubectl(`${line} -n prod`)
  return cluster
}

/** What an auditor asks: names of those who read secrets now, of those who could, and how ci could. */
export function audit(cluster: SimCluster): {
  readonly now: readonly string[]
  readonly eventually: readonly string[]
  readonly ofCi: readonly string[]
} {
  const secrets = { verb: 'get', resource: 'secrets', namespace: 'prod' }
  return {
    now: whoCan(cluster, secrets).map(({ subject }) => subject.name),
    eventually: findEventualAccess(cluster, secrets).map(({ subject }) => subject.name),
    ofCi: escalationPaths(cluster, { user: 'system:serviceaccount:prod:ci' }).map(({ kind }) => kind),
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const cluster = prodCluster()
  console.log(audit(cluster))
  for (const user of ['jane', 'joe'])
    console.log(
      formatProof(authorize(cluster, { user, verb: 'get', resource: 'secrets', namespace: 'prod' })),
    )
}
