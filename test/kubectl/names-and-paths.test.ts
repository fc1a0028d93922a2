import { SimCluster } from 'simcluster'
import { beforeAll, describe, expect, it } from 'vitest'

let original: SimCluster
beforeAll(() => {
  original = new SimCluster({ nodes: 0 })
})
const map = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`
const files = {
  'a.yaml': map('here'),
  'folder/b.yaml': map('in-folder'),
  'folder/notes.txt': 'nothing',
  'folder/deep/c.yaml': map('deep'),
  '/etc/d.yaml': map('elsewhere'),
}
const run = (line: string): ReturnType<SimCluster['kubectl']> => original.fork().kubectl(line, { files })
const created = (line: string): readonly string[] =>
  Array.from(
    run(`create --dry-run=client ${line}`).stdout.matchAll(/configmap\/(\S+)/g),
    ([, name = '']) => name,
  )

describe('names of kinds', () => {
  it('may be in any case, but short names and groups may not', () => {
    expect(run('get Pods').exitCode).toBe(0)
    expect(run('get DEPLOYMENTS.apps').exitCode).toBe(0)
    expect(run('get PO').stderr).toBe('error: the server doesn\'t have a resource type "PO"\n')
    expect(run('get deployments.Apps').stderr).toBe(
      'error: the server doesn\'t have a resource type "deployments"\n',
    )
    expect(run('explain PO').stderr).toBe('the server doesn\'t have a resource type "PO"\n')
  })
})

describe('names that cannot be part of a path', () => {
  it('are refused before a request is sent, with what kubectl was doing', () => {
    expect(run('get pods -n a/b').stderr).toBe(`invalid namespace "a/b": [may not contain '/']\n`)
    expect(run('get pod a%b').stderr).toBe(`error: invalid resource name "a%b": [may not contain '%']\n`)
    expect(run('create cm x -n a/b').stderr).toBe(
      `error: failed to create configmap: invalid namespace "a/b": [may not contain '/']\n`,
    )
    expect(run('create -f a.yaml -n ..').stderr).toBe(
      `error: error when creating "a.yaml": invalid namespace "..": [may not be '..']\n`,
    )
  })
  it('do no harm where the kind has no namespace', () =>
    expect(run('get namespaces -n a/b').exitCode).toBe(0))
})

describe('-f', () => {
  it('takes the current folder, without what is below it or elsewhere', () => {
    expect(created('-f .')).toEqual(['here'])
    expect(created('-R -f ./')).toEqual(['here', 'in-folder', 'deep'])
    expect(created('-f ./folder/')).toEqual(['in-folder'])
  })
  it('takes paths with dots, and patterns', () => {
    expect(created('-f ./folder/../a.yaml')).toEqual(['here'])
    expect(created('-f */*.yaml')).toEqual(['in-folder'])
    expect(created('-f fold?r/deep/[a-c].yaml')).toEqual(['deep'])
    expect(run('create -f [').stderr).toBe('error: pattern "[" is not valid: syntax error in pattern\n')
    expect(run('create -f nope*').stderr).toBe('error: the path "nope*" does not exist\n')
  })
  it('takes no URL, since nothing but the cluster is on the network', () => {
    expect(run('create -f https://example.com/a.yaml').stderr).toMatch(
      /^Unable to connect to the server: dial tcp: lookup example\.com on \S+: no such host\n$/,
    )
    expect(run('create -f http://10.1.2.3/a.yaml').stderr).toBe(
      'The connection to the server 10.1.2.3:80 was refused - did you specify the right host or port?\n',
    )
  })
})

describe('what cannot be reached', () => {
  it('is not among the versions of the API', () => {
    const cluster = original.fork()
    cluster.create('apiservices', {
      metadata: { name: 'v1.far.example.com' },
      spec: {
        group: 'far.example.com',
        version: 'v1',
        groupPriorityMinimum: 10,
        versionPriority: 10,
        insecureSkipTLSVerify: true,
        service: { namespace: 'default', name: 'nowhere' },
      },
    })
    cluster.settle()
    const { stdout, exitCode } = cluster.kubectl('api-versions')
    expect([stdout.includes('far.example.com'), exitCode]).toEqual([false, 0])
  })
})

describe('--sort-by', () => {
  it('takes any template for rows, and ends kubectl if the values have no order', () => {
    const cluster = original.fork()
    cluster.kubectl('create -f a.yaml -f folder', { files })
    expect(cluster.kubectl('get cm --sort-by={.metadata.name}x --no-headers').stdout).toMatch(/^here .*\nin-/)
    const { stderr, exitCode } = cluster.kubectl('get cm --sort-by={}')
    expect(stderr).toMatch(
      /^F.* sorter\.go:375\] Field \{\} in \[\]\[\]\[\]reflect\.Value is an unsortable type: map, /,
    )
    expect(exitCode).toBe(1)
    expect(cluster.kubectl('get cm --sort-by={} -o name').stderr).toMatch(/^error: unexpected path string/)
  })
})

describe('explain --recursive', () => {
  it('opens no type inside itself, nor the one that it begins with', () => {
    const { stdout } = run('explain crd.spec.versions.schema.openAPIV3Schema.properties --recursive')
    expect(stdout).toMatch(/^ {2}allOf\t<\[\]JSONSchemaProps>\n {2}anyOf/m)
  })
})
