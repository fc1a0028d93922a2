import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ServeOptions } from 'simcluster/server'
import type { Outcome, ServedCluster } from './harness.js'
import { needs, serveCluster } from './harness.js'

/** A command of helm 4.1.4 that was recorded against a real 1.34.9 server, in one sequence. */
interface Transcript {
  readonly id: string
  readonly words: readonly string[]
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

const transcripts: readonly Transcript[] = JSON.parse(
  readFileSync(new URL('../fixtures/e2e/helm.json', import.meta.url), 'utf8'),
) as readonly Transcript[]

/**
 * What differs from run to run: dates, addresses, ages, random names and, in tables of pods, how far they
 * are.
 */
const rules: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/^(LAST DEPLOYED: ).*$/gm, '$1<date>'],
  [/"updated":"[^"]*"/g, '"updated":"<time>"'],
  [/\t(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^\t]*|\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} *)\t/g, '\t<date>\t'],
  [/127\.0\.0\.1:(\d+|<port>)/g, '127.0.0.1:<port>'],
  [/\b10\.\d+\.\d+\.\d+\b/g, '<ip>'],
  [/-[0-9a-f]{8,10}-[a-z0-9]{5}\b/g, '-<hash>-<random>'],
  [/ [01]\/1 +(Pending|ContainerCreating|Running) /g, ' <phase> '],
  [/( +\d)?( +\d)? +\d+s$/gm, ' <age>'],
  [/ [01]\/1 /g, ' <ready> '],
  [/ +/g, ' '],
  [/ (?=\t|$)/gm, ''],
]

function compared({ stdout, stderr, code }: Outcome): Outcome {
  let text = stdout
  for (const [pattern, placeholder] of rules) text = text.replaceAll(pattern, placeholder)
  return { code, stderr: stderr.replaceAll(/time=\S+ /g, ''), stdout: sortTables(text) }
}

/** The tables of `helm status` come out of a Go map: in any order. */
function sortTables(text: string): string {
  const [, before, tables, after] = /^([^]*\nRESOURCES:\n)([^]*?)(\nNOTES:[^]*)$/.exec(text) ?? []
  return tables === undefined
    ? text
    : `${before}${tables
        .split(/^(?===> )/m)
        .map((table) => table.trim())
        .sort()
        .join('\n\n')}${after}`
}

const helm = (served: ServedCluster, words: string | readonly string[]): Promise<Outcome> =>
  served.run('helm', words)

test('helm 4.1.4 prints what it printed for a real 1.34.9 server', async (context) => {
  needs(context, 'helm')
  await using served = await serveCluster({ version: 'v1.34', nodes: 2 })
  served.cluster.apply('apiVersion: v1\nkind: Namespace\nmetadata: {name: rel}\n')
  for (const { id, words, exit, stdout, stderr } of transcripts) {
    expect
      .soft(compared(await helm(served, words)), `${id}: helm ${words.join(' ')}`)
      .toEqual(compared({ stdout, stderr, code: exit }))
  }
  expect(releases(served, 'rel')).toEqual([])
})

/**
 * A chart with a CRD and an object of it, everything a Deployment mounts, hooks before and after, and a test.
 */
const CHART: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.2.3\nappVersion: "7"\n',
  'values.yaml': 'replicas: 2\nimage: nginx:1.27\n',
  'crds/widgets.yaml': `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer, default: 3}}}}}}
`,
  'templates/all.yaml': `
apiVersion: v1
kind: ServiceAccount
metadata: {name: {{ .Release.Name }}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {replicas: {{ .Values.replicas | quote }}}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {selector: {app: {{ .Release.Name }}}, ports: [{port: 80}]}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: {{ .Release.Name }}}
spec: {}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      serviceAccountName: {{ .Release.Name }}
      containers: [{name: main, image: {{ .Values.image }}, envFrom: [{configMapRef: {name: {{ .Release.Name }}}}]}]
`,
  'templates/hooks.yaml': `
{{- range $hook := list "pre-install" "post-upgrade" }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $.Release.Name }}-{{ $hook }}
  annotations: {helm.sh/hook: {{ $hook }}, helm.sh/hook-delete-policy: before-hook-creation}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: migrate:1}]}}}
{{- end }}
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ $.Release.Name }}-test
  annotations: {helm.sh/hook: test, helm.sh/hook-delete-policy: before-hook-creation}
spec: {restartPolicy: Never, containers: [{name: main, image: check:1}]}
`,
}

const images = {
  'migrate:1': { exitAfter: 2_000 },
  'check:1': { exitCode: 0 },
  'gone:1': { pullError: 'manifest unknown' },
}

async function withChart(serving: ServeOptions): Promise<ServedCluster> {
  const served = await serveCluster({ nodes: 2, images }, serving)
  for (const [name, text] of Object.entries(CHART)) served.file(`chart/${name}`, text)
  return served
}

async function ok(served: ServedCluster, words: string): Promise<string> {
  const outcome = await helm(served, words)
  expect({ words, ...outcome }).toMatchObject({ code: 0, stderr: '' })
  return outcome.stdout
}

const releases = (served: ServedCluster, namespace = 'default'): readonly string[] =>
  served.cluster
    .list('secrets', { namespace })
    .items.filter(({ type }) => type === 'helm.sh/release.v1')
    .map(
      ({ metadata: { name, labels } }) =>
        `${name} ${labels?.name}/${labels?.version} ${labels?.owner} ${labels?.status}`,
    )

test('in virtual time helm waits for a whole chart', async (context) => {
  needs(context, 'helm')
  await using served = await withChart({ time: 'virtual' })
  const { cluster } = served
  const pods = (): readonly string[] =>
    cluster
      .list('pods', { namespace: 'default', labelSelector: 'app=r1' })
      .items.map(({ spec, status }) => `${spec.containers[0]?.image} ${status?.phase}`)
  expect(await ok(served, 'install r1 ./chart --wait --timeout 20s')).toContain(
    'STATUS: deployed\nREVISION: 1\n',
  )
  expect(pods()).toEqual(['nginx:1.27 Running', 'nginx:1.27 Running'])
  const hook = (name: string): unknown =>
    cluster.get('jobs', { namespace: 'default', name: `r1-${name}` }).status?.succeeded
  expect(hook('pre-install')).toBe(1)
  expect(releases(served)).toEqual(['sh.helm.release.v1.r1.v1 r1/1 helm deployed'])
  expect(await ok(served, 'upgrade r1 ./chart --set image=nginx:1.28 --wait --timeout 20s')).toContain(
    'REVISION: 2\n',
  )
  expect(pods()).toEqual(['nginx:1.28 Running', 'nginx:1.28 Running'])
  expect(hook('post-upgrade')).toBe(1)
  expect(await ok(served, 'test r1')).toMatch(/TEST SUITE: +r1-test\n[^]*Phase: +Succeeded/)
  expect(await ok(served, 'get values r1 -o json')).toBe('{"image":"nginx:1.28"}\n')
  const bad = await helm(served, 'upgrade r1 ./chart --set image=gone:1 --wait --timeout 2s')
  expect(bad).toMatchObject({ code: 1 })
  expect(bad.stderr).toMatch(/UPGRADE FAILED: [^]*(context deadline exceeded|InProgress)/)
  expect(await ok(served, 'rollback r1 1 --wait --timeout 20s')).toBe(
    'Rollback was a success! Happy Helming!\n',
  )
  expect(pods()).toEqual(['nginx:1.27 Running', 'nginx:1.27 Running'])
  expect(releases(served)).toEqual([
    'sh.helm.release.v1.r1.v1 r1/1 helm superseded',
    'sh.helm.release.v1.r1.v2 r1/2 helm superseded',
    'sh.helm.release.v1.r1.v3 r1/3 helm failed',
    'sh.helm.release.v1.r1.v4 r1/4 helm deployed',
  ])
  expect(await ok(served, 'uninstall r1 --wait --timeout 20s')).toContain('release "r1" uninstalled\n')
  expect(cluster.list('deployments', { namespace: 'default' }).items).toEqual([])
  expect(releases(served)).toEqual([])
  expect(cluster.get('customresourcedefinitions', { name: 'widgets.example.com' }).metadata.name).toBe(
    'widgets.example.com',
  )
})

test('helm waits by polling, applies in the client, rolls back by itself', async (context) => {
  needs(context, 'helm')
  await using served = await withChart({ time: { speed: 10 } })
  expect(await ok(served, 'install r1 ./chart --wait=legacy --timeout 20s')).toContain('STATUS: deployed')
  expect(
    await ok(served, 'upgrade r1 ./chart --set replicas=1 --server-side=false --wait=legacy --timeout 20s'),
  ).toContain('REVISION: 2')
  expect(served.cluster.get('deployments', { namespace: 'default', name: 'r1' }).spec.replicas).toBe(1)
  const failed = await helm(
    served,
    'install r2 ./chart --set image=gone:1 --rollback-on-failure --timeout 2s',
  )
  expect(failed).toMatchObject({ code: 1 })
  expect(failed.stderr).toContain(
    'release r2 failed, and has been uninstalled due to rollback-on-failure being set',
  )
  expect(releases(served).filter((one) => one.includes('r2'))).toEqual([])
  served.user('jane', { user: 'jane' })
  const refused = await served.run('helm', 'list', { as: 'jane' })
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toBe(
    'Error: list: failed to list: secrets is forbidden: User "jane" cannot list resource "secrets" in ' +
      'API group "" in the namespace "default"\n',
  )
})
