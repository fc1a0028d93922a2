import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, describe, expect, test, type TestContext, vi } from 'vitest'
import { needs, programs } from '../e2e/harness.js'
import { typed } from './typed.js'

const root = mkdtempSync(join(tmpdir(), 'simcluster-check-'))
const home = process.cwd()
afterAll(() => rmSync(root, { recursive: true }))

/** Writes files into a new folder, which becomes the working directory. */
function files(texts: Readonly<Record<string, string>>): void {
  const folder = mkdtempSync(join(root, 'set-'))
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  process.chdir(folder)
}

afterEach(() => {
  process.chdir(home)
  vi.unstubAllEnvs()
})

const web = (image = 'nginx', extra = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: ${image}
${extra}`
const budget = (version: string): string =>
  `apiVersion: ${version}\nkind: PodDisruptionBudget\nmetadata: {name: web}\n` +
  'spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}\n'
const needsSettings = web('nginx', '        envFrom:\n        - configMapRef:\n            name: settings\n')

describe('what is found', () => {
  test('manifests that work give exit code 0 and one line', async () => {
    files({ 'deploy/web.yaml': web() })
    expect(await typed('check', 'deploy')).toEqual({
      code: 0,
      out: 'nothing found in 1 object of 1 file, on v1.35 with 3 nodes\n',
      err: '',
    })
  })

  test('a fault is told with file, line, object and rule, and gives exit code 1', async () => {
    files({ 'deploy/web.yaml': needsSettings })
    const { code, out } = await typed('check', 'deploy')
    expect(code).toBe(1)
    expect(out).toBe(
      'deploy/web.yaml:15: error: Deployment web: ConfigMap default/settings does not exist: containers do ' +
        'not start without it (missing-reference)\n1 error in 1 object of 1 file, on v1.35 with 3 nodes\n',
    )
  })

  test('several versions are checked in one run, and what holds for some names them', async () => {
    files({ 'web.yaml': `${web()}---\n${budget('policy/v1beta1')}` })
    const { code, out } = await typed('check', 'web.yaml', '--version', 'v1.24,v1.35')
    expect(code).toBe(1)
    expect(out).toContain('use policy/v1 PodDisruptionBudget [v1.24] (deprecated-api)')
    expect(out).toContain('removed in v1.25: use policy/v1 [v1.35] (removed-api)')
  })

  test('what does not roll out is told with the chain of causes', async () => {
    files({ 'web.yaml': web('nginx', '        resources: {requests: {cpu: 64}}\n') })
    const { out } = await typed('check', 'web.yaml')
    expect(out).toMatch(
      /web\.yaml:1: error: Deployment web: has 0 of 2 replicas available: .*Insufficient cpu.*\n {4}deployments/,
    )
  })

  test('--fail-on says from which severity on the exit code is 1', async () => {
    files({ 'web.yaml': `${web()}---\n${budget('policy/v1beta1')}` })
    const at = ['check', 'web.yaml', '--version', 'v1.24', '--fail-on']
    expect((await typed(...at, 'error')).code).toBe(0)
    expect((await typed(...at, 'warning')).code).toBe(1)
    files({ 'web.yaml': needsSettings })
    expect((await typed('check', 'web.yaml', '--fail-on', 'never')).code).toBe(0)
  })
})

describe('the forms of the report', () => {
  const report = async (form: string): Promise<string> => {
    files({ 'deploy/web.yaml': needsSettings })
    return (await typed('check', 'deploy', '-o', form)).out
  }

  test('json has every finding with its rule, place and versions', async () => {
    expect(JSON.parse(await report('json'))).toMatchObject({
      versions: ['v1.35'],
      nodes: 3,
      objects: 1,
      findings: [
        {
          rule: 'missing-reference',
          severity: 'error',
          file: 'deploy/web.yaml',
          line: 15,
          object: 'Deployment web',
          versions: ['v1.35'],
        },
      ],
    })
  })

  test('junit has a failed test case for each error', async () => {
    const out = await report('junit')
    expect(out).toContain('tests="1" failures="1"')
    expect(out).toContain('name="deploy/web.yaml:15 Deployment web missing-reference"')
  })

  test('github has a workflow command that annotates the line', async () => {
    expect(await report('github')).toBe(
      '::error file=deploy/web.yaml,line=15,title=missing-reference::Deployment web: ConfigMap ' +
        'default/settings does not exist: containers do not start without it [v1.35]\n',
    )
  })

  test('sarif is a log of version 2.1.0 whose results refer to rules', async () => {
    const { version, runs } = JSON.parse(await report('sarif')) as {
      version: string
      runs: { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; level: string }[] }[]
    }
    expect(version).toBe('2.1.0')
    expect(runs[0]?.tool.driver.rules.map(({ id }) => id)).toEqual(['missing-reference'])
    expect(runs[0]?.results).toMatchObject([
      {
        ruleId: 'missing-reference',
        ruleIndex: 0,
        level: 'error',
        locations: [
          { physicalLocation: { artifactLocation: { uri: 'deploy/web.yaml' }, region: { startLine: 15 } } },
        ],
      },
    ])
  })
})

describe('what is read', () => {
  test('values, other YAML and links out of the folder are skipped, and said', async () => {
    files({
      'web.yaml': web(),
      'values.yaml': 'replicas: 3\n',
      'prometheus.yml': 'global: {}\n',
      'kind.yaml': 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n',
    })
    symlinkSync('/etc/hosts', 'hosts.yaml')
    const { code, out } = await typed('check', '.')
    expect(code).toBe(0)
    expect(out).toContain(
      'values.yaml:1: note: skipped: it looks like the values of a chart; render that: helm',
    )
    expect(out).toContain('prometheus.yml:1: note: skipped: it has no apiVersion and kind')
    expect(out).toContain('kind.yaml:1: note: skipped: Cluster of kind.x-k8s.io/v1alpha4 is read by a tool')
    expect(out).toContain('hosts.yaml:1: note: skipped: it is a link out of the folder')
  })

  test('a kustomization is built, and findings are told where an object was written', async (context) => {
    needs(context, 'kubectl132')
    vi.stubEnv('PATH', `${dirname(programs.kubectl132)}:${process.env['PATH'] ?? ''}`)
    files({
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': `# a comment\n${needsSettings}`,
      'base/other.yaml': web(),
      'overlays/production/kustomization.yaml': 'resources: [../../base]\nnamePrefix: production-\n',
    })
    const { code, out } = await typed('check', '.')
    expect(code).toBe(1)
    expect(out).toContain('base/web.yaml:16: error: Deployment production-web: ConfigMap default/settings')
    expect(out).toContain(
      'base/other.yaml:1: note: skipped: it is beside a kustomization that does not name it',
    )
    expect(out.match(/error:/g)).toHaveLength(1)
  })

  test('a chart is an error where helm is missing, with what to write instead', async () => {
    files({
      'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
      'chart/templates/web.yaml': 'kind: {{ .Values.kind }}\n',
    })
    vi.stubEnv('PATH', '/nowhere')
    const { code, out } = await typed('check', '.')
    vi.unstubAllEnvs()
    expect(code).toBe(1)
    expect(out).toContain(
      'chart/Chart.yaml:1: error: not checked: it is a chart, and needs helm to be rendered',
    )
    expect(out).toContain('helm template chart | simcluster check -')
  })

  describe('a chart is rendered with helm', () => {
    const chart = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n'
    const template = web(
      '{{ .Values.image }}',
      '        envFrom: [{configMapRef: {name: settings}}]\n',
    ).replace('replicas: 2', 'replicas: {{ .Values.replicas }}')
    const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n'
    const values = 'image: nginx\nreplicas: 2\n'
    /** Checks a chart of these files. */
    async function checked(
      context: TestContext,
      texts: Readonly<Record<string, string>>,
      ...words: readonly string[]
    ): Promise<{ code: number; out: string }> {
      needs(context, 'helm')
      vi.stubEnv('PATH', `${dirname(programs.helm)}:${process.env['PATH'] ?? ''}`)
      files({ 'Chart.yaml': chart, 'values.yaml': values, 'templates/web.yaml': template, ...texts })
      return typed('check', '.', ...words)
    }

    test('with its values and its subcharts', async (context) => {
      const sub = { 'charts/sub/Chart.yaml': chart, 'charts/sub/templates/settings.yaml': settings }
      const { code, out } = await checked(context, sub)
      expect({ code, out }).toEqual({
        code: 0,
        out: 'nothing found in 2 objects of 2 files, on v1.35 with 3 nodes\n',
      })
    })

    test.for(['chart', './chart', 'chart/', 'chart/Chart.yaml', '.'])(
      'named as %s',
      async (name, context) => {
        needs(context, 'helm')
        vi.stubEnv('PATH', dirname(programs.helm))
        files({ 'chart/Chart.yaml': chart, 'chart/values.yaml': values, 'chart/templates/web.yaml': web() })
        expect(await typed('check', name)).toMatchObject({
          code: 0,
          out: expect.stringContaining('1 file,') as string,
        })
      },
    )

    test('and findings name the line of the template', async (context) => {
      const { out } = await checked(context, { 'templates/a.yaml': '{{- if true }}\n\n{{ end }}' })
      expect(out).toContain('templates/web.yaml:13: error: Deployment web: ConfigMap default/settings')
    })

    test('for each release, and tells what is of one only', async (context) => {
      const versions =
        '{{- if semverCompare "<1.25" .Capabilities.KubeVersion.Version }}\n' +
        'apiVersion: policy/v1beta1\n{{- else }}\napiVersion: policy/v1\n{{- end }}\n' +
        'kind: PodDisruptionBudget\nmetadata: {name: web}\n' +
        'spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}\n'
      const texts = { 'templates/budget.yaml': versions, 'templates/settings.yaml': settings }
      const { code, out } = await checked(context, texts, '--version', 'v1.24,v1.35')
      expect(code).toBe(0)
      expect(out).toContain('templates/budget.yaml:2: warning: PodDisruptionBudget web: policy/v1beta1')
      expect(out).toContain('use policy/v1 PodDisruptionBudget [v1.24] (deprecated-api)')
    })

    test('a chart asks which APIs the release serves', async (context) => {
      const asks =
        '{{- if .Capabilities.APIVersions.Has "apiregistration.k8s.io/v1/APIService" }}\n' +
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: served}\n{{- else }}\n' +
        'apiVersion: apiregistration.k8s.io/v1beta1\nkind: APIService\nmetadata: {name: old}\n{{- end }}\n'
      const texts = { 'templates/asks.yaml': asks, 'templates/settings.yaml': settings }
      const { code, out } = await checked(context, texts)
      expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('nothing found') as string })
    })

    test('a library chart is for others, which is told in a note', async (context) => {
      const { code, out } = await checked(context, { 'Chart.yaml': `${chart}type: library\n` })
      expect(code).toBe(0)
      expect(out).toContain('Chart.yaml:1: note: skipped: it is a library chart, which only others render')
    })

    test.for([
      [
        'a dependency that is missing',
        { 'Chart.yaml': `${chart}dependencies: [{name: redis, version: 1.0.0, repository: https://a.b}]` },
        'found in Chart.yaml, but missing in charts/ directory: redis',
      ],
      [
        'a template that fails',
        { 'templates/fail.yaml': '{{ required "an image is needed" .Values.nothing }}' },
        'shop/templates/fail.yaml:1:3): an image is needed',
      ],
      [
        'a template that is not closed',
        { 'templates/open.yaml': '{{ if .Values.image }}' },
        'parse error at (shop/templates/open.yaml:1): unexpected EOF',
      ],
      [
        'values that their schema refuses',
        { 'values.schema.json': '{"properties":{"replicas":{"type":"string"}}}' },
        "at '/replicas': got number, want string",
      ],
      [
        'a release that it does not support',
        { 'Chart.yaml': `${chart}kubeVersion: '<1.30.0'\n` },
        'chart requires kubeVersion: <1.30.0 which is incompatible with Kubernetes v1.35',
      ],
      ['what it renders that is no YAML', { 'templates/bad.yaml': 'a: {{ "[" }}' }, 'templates/bad.yaml'],
    ] as const)('%s is an error with its cause', async ([, texts, says], context) => {
      const { code, out } = await checked(context, texts)
      expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining(says) as string })
      expect(out).toMatch(/^Chart\.yaml:1: error: not checked: helm template failed: /)
    })
  })

  test('several paths are one set', async () => {
    files({
      'web.yaml': needsSettings,
      'platform/settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n',
    })
    expect((await typed('check', 'web.yaml', 'platform')).code).toBe(0)
  })
})

test('-o markdown has a picture of the versions, and a table of what was found', async () => {
  files({ 'web.yaml': needsSettings.replace('settings', 'a|b') })
  const { out } = await typed('check', 'web.yaml', '--version', 'v1.34,v1.35', '-o', 'markdown')
  expect(out).toContain('```mermaid\nflowchart LR\n')
  expect(out).toMatch(/all --> v0\["v1\.34: \d+ errors?[^"]*"\]:::error\n {2}all --> v1\["v1\.35: /)
  expect(out).toMatch(/^\| error \| web\.yaml:\d+ \| .* \|$/m)
  for (const row of out.split('\n').filter((line) => line.startsWith('| ')))
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(5)
})

describe('bad use gives exit code 2', () => {
  test.for([
    [['check'], 'write what to check'],
    [['check', 'nowhere'], 'there is no file or folder nowhere'],
    [['check', '.', '-o', 'yaml'], '-o yaml: write text, json, markdown, svg, junit, github or sarif'],
    [['check', '.', '--fail-on', 'errors'], '--fail-on errors: write error, warning, note, never'],
    [['check', '.', '--like', 'gke'], '--like gke: write kind or kubeadm'],
    [['check', '.', '--nodes', '0'], '--nodes 0: write a whole number from 1 up'],
    [['check', '.', '--version', 'v1.99'], 'v1.99'],
  ] as const)('%s', async ([words, text]) => {
    files({ 'web.yaml': web() })
    const { code, err } = await typed(...words)
    expect(code).toBe(2)
    expect(err).toContain(text)
  })
})

test('manifests without objects are not called right', async () => {
  files({ 'empty.yaml': '', 'comment.yaml': '# nothing yet\n---\n' })
  const nothing = { code: 2, out: '', err: expect.stringContaining('the manifests have no objects') }
  expect(await typed('check', '.')).toMatchObject(nothing)
  expect(await typed('check', 'comment.yaml')).toMatchObject(nothing)
  expect(await typed('upgrade', 'empty.yaml', '--from', 'v1.33', '--to', 'v1.35')).toMatchObject(nothing)
})
