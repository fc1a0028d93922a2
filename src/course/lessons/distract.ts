import type { Draw } from './draw.js'
import type { Desk } from './lesson.js'
import { deployment } from './shared.js'

/** Puts things beside a lesson that work and have nothing to do with it: a repair leaves them alone. */
export function distract({ cluster }: Desk, draw: Draw): void {
  const team = draw.one('team-a', 'team-b', 'platform')
  const app = draw.one('reports', 'metrics', 'archive')
  cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: team } }])
  cluster.settle()
  const wanted = { metadata: { name: app, namespace: team } }
  const workload = deployment(app, {}, {}, draw.one(1, 2)) as { readonly metadata: object }
  const things: readonly object[] = [
    { ...workload, metadata: wanted.metadata },
    { apiVersion: 'v1', kind: 'Service', ...wanted, spec: { selector: { app }, ports: [{ port: 80 }] } },
    { apiVersion: 'v1', kind: 'ConfigMap', ...wanted, data: { mode: 'slow' } },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      ...wanted,
      spec: { maxUnavailable: 1, selector: { matchLabels: { app } } },
    },
  ]
  cluster.apply([...things.slice(0, draw.one(1, 2, 3, 4))])
  cluster.settle()
}
