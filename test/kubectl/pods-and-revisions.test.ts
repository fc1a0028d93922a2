import { SimCluster } from 'simcluster'
import { beforeAll, describe, expect, it } from 'vitest'

let original: SimCluster
beforeAll(() => {
  original = new SimCluster({ nodes: 1 })
  for (const line of [
    'create deployment web --image=nginx',
    'set image deploy/web nginx=nginx:2',
    'create -f agent.json',
    'run box --image=busybox -n kube-system -- sleep infinity',
  ]) {
    expect(original.kubectl(line, { files }).stderr).toBe('')
    original.settle()
  }
  original.kubectl('set image ds/agent c=agent:2')
  original.settle()
})
const files = {
  'agent.json': JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'agent:1' }] } },
    },
  }),
  'box.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: {name: box, namespace: kube-system}\n' +
    'spec: {containers: [{name: box, image: busybox}]}\n',
  'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: dave}\nspec: {containers: []}\n',
}
const run = (line: string): ReturnType<SimCluster['kubectl']> => original.fork().kubectl(line, { files })

describe('commands that reach into a pod', () => {
  it('say that the namespace is missing rather than the pod', () => {
    for (const line of ['exec box', 'attach box', 'port-forward box 80'])
      expect(run(`${line} -n nothere${line.startsWith('exec') ? ' -- ls' : ''}`).stderr).toBe(
        'Error from server (NotFound): namespaces "nothere" not found\n',
      )
  })
  it('exec runs in the pod that a file describes, in the namespace of the file', () =>
    expect(run('exec -f box.yaml -- echo hello')).toMatchObject({ stdout: 'hello\n', stderr: '' }))
  it('exec refuses two pods, and a pod beside a file', () => {
    expect(run('exec -f box.yaml -f pod.yaml -- ls').stderr).toBe(
      'error: cannot exec into multiple objects at a time\n',
    )
    expect(run('exec -f box.yaml box -- ls').stderr).toBe(
      'error: resource/name arguments cannot be provided when a path is specified\n',
    )
  })
})

describe('rollout history -o', () => {
  it('prints the ReplicaSets of a Deployment, oldest first, as one stream', () => {
    const { stdout } = run('rollout history deploy/web -o yaml')
    const images = Array.from(stdout.matchAll(/image: (\S+)/g), ([, image]) => image)
    expect(images).toEqual(['nginx', 'nginx:2'])
    expect(stdout.split('---\n')).toHaveLength(2)
    expect(run('rollout history deploy/web -o name --revision=2').stdout).toMatch(
      /^replicaset\.apps\/web-\w+\n$/,
    )
  })
  it('prints a DaemonSet as it was in each revision', () => {
    const shown = JSON.parse(run('rollout history ds/agent -o json --revision=1').stdout)
    expect(shown).toMatchObject({
      kind: 'DaemonSet',
      spec: { template: { spec: { containers: [{ image: 'agent:1' }] } } },
    })
  })
})

describe('certificate approve', () => {
  it('reads what a file names, and handles only requests', () => {
    expect(run('certificate approve -f box.yaml').stderr).toBe(
      'error: can only handle CertificateSigningRequest.certificates.k8s.io objects, got Pod\n',
    )
    expect(run('certificate approve pod/web').stderr).toBe(
      'error: namespace may not be empty when retrieving a resource by name\n',
    )
  })
})

describe('--overrides', () => {
  const exposed = (overrides: string, type: string): ReturnType<SimCluster['kubectl']> =>
    original
      .fork()
      .kubectl([
        'expose',
        'deploy',
        'web',
        '--port=80',
        '--dry-run=client',
        '-o',
        'jsonpath={.spec.ports}',
        `--overrides=${overrides}`,
        `--override-type=${type}`,
      ])
  it('merges lists by their keys if strategic, and replaces them if not', () => {
    const other = '{"spec":{"ports":[{"port":81,"protocol":"TCP","name":"other"}]}}'
    expect(JSON.parse(exposed(other, 'strategic').stdout)).toHaveLength(2)
    expect(JSON.parse(exposed(other, 'merge').stdout)).toHaveLength(1)
  })
  it('must be JSON, and leave an object of a known kind', () => {
    expect(exposed('{a: b}', 'merge').stderr).toBe('error: Invalid JSON Patch\n')
    expect(exposed('{a: b}', 'strategic').stderr).toBe('error: invalid JSON document\n')
    expect(exposed('{"kind":"Nope"}', 'merge').stderr).toBe(
      'error: no kind "Nope" is registered for version "v1" in scheme "pkg/scheme/scheme.go:28"\n',
    )
  })
  it('says why an operation of a JSON patch cannot be applied', () =>
    expect(exposed('[{"op":"remove","path":"/spec/nope"}]', 'json').stderr).toBe(
      "error: error in remove for path: '/spec/nope': Unable to remove nonexistent key: nope: " +
        'missing value\n',
    ))
})

describe('replace --force', () => {
  it('makes what get has printed again, as a new object', () => {
    const cluster = original.fork()
    const uidOf = (): string => cluster.kubectl('get deploy web -o jsonpath={.metadata.uid}').stdout
    const [before, printed] = [uidOf(), cluster.kubectl('get deploy web -o yaml').stdout]
    const { stdout, stderr } = cluster.kubectl('replace --force -f web.yaml', {
      files: { 'web.yaml': printed },
    })
    expect(stderr).toBe('')
    expect(stdout).toBe(
      'deployment.apps "web" deleted from default namespace\ndeployment.apps/web replaced\n',
    )
    expect(uidOf()).not.toBe(before)
    cluster.settle()
    expect(cluster.kubectl('get deploy web -o jsonpath={.status.readyReplicas}').stdout).toBe('1')
  })
})
