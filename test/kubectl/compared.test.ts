import { SimCluster } from 'simcluster'
import { beforeAll, describe, expect, it } from 'vitest'

/** What kubectl 1.35.2 printed for the same commands on a served cluster. */
const gadgets = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.x.example.com}
spec:
  group: x.example.com
  scope: Namespaced
  names: {kind: Gadget, plural: gadgets, singular: gadget, shortNames: [gd]}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
  - {name: v1beta1, served: true, storage: false, schema: {openAPIV3Schema: {type: object}}}
`
const objects = `apiVersion: x.example.com/v1
kind: Gadget
metadata: {name: one}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods, secrets], verbs: [get]}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: '0 0 1 1 *'
  timeZone: Etc/UTC
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  initContainers: [{name: first, image: busybox, command: ['true']}]
  containers:
  - name: main
    image: nginx
    env:
    - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: LABEL, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
`
const files = {
  'access.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: User, name: bob, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
`,
  'new.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: elsewhere}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
`,
  'nowhere.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: writer}
rules: []
`,
  'two.yaml': `apiVersion: v1
kind: Pod
metadata: {name: web}
---
apiVersion: v1
kind: Pod
metadata: {name: missing}
`,
}

let original: SimCluster
beforeAll(() => {
  original = new SimCluster({ nodes: 1, addons: { metricsServer: true } })
  original.apply(gadgets)
  original.apply(objects)
  original.advance('1m')
})
const run = (line: string): ReturnType<SimCluster['kubectl']> => original.fork().kubectl(line, { files })
const stdoutOf = (line: string): string => run(line).stdout
const stderrOf = (line: string): string => run(line).stderr

describe('names of kinds', () => {
  it.each(['gd.x.example.com', 'gd.x', 'gadgets.x', 'gadget.x', 'gd.v9.x.example.com', 'gd.v1.x'])(
    '%s is a kind by its group or the beginning of it',
    (name) => expect(stdoutOf(`get ${name} -o name`)).toBe('gadget.x.example.com/one\n'),
  )
  it('a short name with a whole group forgets the version', () => {
    expect(stdoutOf('get gd.v1beta1.x.example.com one -o jsonpath={.apiVersion}')).toBe('x.example.com/v1')
    const long = 'get gadgets.v1beta1.x.example.com one -o jsonpath={.apiVersion}'
    expect(stdoutOf(long)).toBe('x.example.com/v1beta1')
  })
  it.each(['pods.v1', 'po.v1', 'deployments.v2.apps', 'deployments.v1.app', 'gd.v9.x'])(
    '%s is no kind',
    (name) =>
      expect(stderrOf(`get ${name}`)).toBe(
        `error: the server doesn't have a resource type "${name.split('.')[0]}"\n`,
      ),
  )
  it.each(['pods.', 'pods.v1.', 'po.v1.'])('%s is a kind of the core group', (name) =>
    expect(stdoutOf(`get ${name} -o name`)).toBe('pod/web\n'),
  )
  it('explain knows the group of a whole plural only', () => {
    expect(stdoutOf('explain deployments.apps.spec')).toContain('FIELD: spec <DeploymentSpec>')
    expect(stderrOf('explain deploy.apps')).toBe('error: field "apps" does not exist\n')
    expect(stderrOf('explain deployments.v1.apps')).toBe('error: field "apps" does not exist\n')
    expect(run('explain pods..spec').exitCode).toBe(0)
  })
})

describe('what is selected', () => {
  it('an object is missing because its namespace is', () => {
    for (const words of ['get pod a', 'describe pod a', 'label pod a x=y', 'patch pod a -p {}'])
      expect(stderrOf(`${words} -n nowhere`)).toBe(
        'Error from server (NotFound): namespaces "nowhere" not found\n',
      )
    expect(stderrOf('get pod a -n kube-system')).toBe('Error from server (NotFound): pods "a" not found\n')
  })
  it.each(['get', 'describe', 'delete', 'scale --replicas=1'])('%s takes a file or arguments', (command) =>
    expect(stderrOf(`${command} -f two.yaml pods`)).toBe(
      'error: when paths, URLs, or stdin is provided as input, you may not specify resource arguments as ' +
        'well\n',
    ),
  )
  it('one file stands for one object: nothing is printed when another is missing', () => {
    expect(run('get -f two.yaml -o name')).toMatchObject({ stdout: '', exitCode: 1 })
    expect(stdoutOf('get -f two.yaml --ignore-not-found -o jsonpath={.kind}')).toBe('Pod')
    expect(stderrOf('get -f two.yaml -l app=web')).toBe('No resources found in default namespace.\n')
  })
})

describe('--raw', () => {
  it.each([
    ['get --raw x', 'parse "x": invalid URI for request'],
    ['get --raw /%zz', 'parse "/%zz": invalid URL escape "%zz"'],
    ['delete --raw :x', 'parse ":x": missing protocol scheme'],
    ['create -f two.yaml --raw x', 'parse "x": invalid URI for request'],
  ])('%s is no path', (line, text) =>
    expect(stderrOf(line)).toBe(`error: --raw must be a valid URL path: ${text}\n`),
  )
  it('takes the path of a URL', () => {
    expect(stdoutOf('get --raw https://elsewhere/api')).toBe(stdoutOf('get --raw /api'))
    expect(stdoutOf('get --raw //elsewhere')).toBe(stdoutOf('get --raw /'))
  })
  it('goes without other flags', () => {
    expect(stderrOf('get --raw /api -o json')).toBe('error: --raw and --output are mutually exclusive\n')
    expect(stderrOf('get pods --raw /api')).toBe(
      'error: arguments may not be passed when --raw is specified\n',
    )
    expect(stderrOf('create -f two.yaml --raw /x --edit')).toBe(
      'error: --raw and --edit are mutually exclusive\n',
    )
  })
})

describe('auth reconcile', () => {
  it('makes a binding anew that has another role', () => {
    const cluster = original.fork()
    const { stderr } = cluster.kubectl('auth reconcile -f access.yaml', { files })
    expect(stderr).toBe('\treconciliation required recreate\n')
    expect(cluster.get('rolebindings', 'readers')).toMatchObject({
      roleRef: { name: 'edit' },
      subjects: [{ name: 'bob' }],
    })
  })
  it('says which rules it removes, in every format', () => {
    const { stderr } = run(
      'auth reconcile -f access.yaml --remove-extra-permissions --dry-run=client -o name',
    )
    expect(stderr).toBe(
      '\treconciliation required recreate\n\treconciliation required update\n\textra rules removed:\n' +
        '\t\t{Verbs:[get] APIGroups:[] Resources:[secrets] ResourceNames:[] NonResourceURLs:[]}\n',
    )
  })
  it('creates the namespace of a role that is new', () => {
    const cluster = original.fork()
    cluster.kubectl('auth reconcile -f new.yaml', { files })
    expect(cluster.get('roles', { namespace: 'elsewhere', name: 'reader' }).rules).toHaveLength(1)
  })
  it('leaves a role alone that has opted out, and says so', () => {
    const cluster = original.fork()
    cluster.kubectl('annotate role reader rbac.authorization.kubernetes.io/autoupdate=false')
    const { stderr } = cluster.kubectl('auth reconcile -f access.yaml --remove-extra-permissions', { files })
    expect(stderr).toContain(', but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)\n')
    expect(cluster.get('roles', 'reader').rules?.[0]?.resources).toEqual(['pods', 'secrets'])
  })
  it('takes a role that names no namespace as it is, so it has none to be created in', () =>
    expect(stderrOf('auth reconcile -f nowhere.yaml')).toBe('error: resource name may not be empty\n'))
  it('has no dry run on the server', () =>
    expect(stderrOf('auth reconcile -f access.yaml --dry-run=server')).toBe(
      'error: --dry-run=server for command reconcile is not supported yet\n',
    ))
})

describe('what is printed', () => {
  it('top shows swap', () => {
    expect(stdoutOf('top pod web --show-swap')).toMatch(
      /^NAME +CPU\(cores\) +MEMORY\(bytes\) +SWAP\(bytes\) /,
    )
    expect(stdoutOf('top node --show-swap --no-headers')).toMatch(/<unknown> +<unknown> +\n$/)
  })
  it('describe resolves the name of a pod and its namespace, and no other field', () => {
    expect(stdoutOf('describe pod web')).toMatch(
      /NAME: +web \(v1:metadata.name\)\n +LABEL: +\(v1:metadata.la/,
    )
    expect(stdoutOf('describe cronjob tick')).not.toContain('Etc/UTC')
  })
  it('an empty path of a column finds nothing', () =>
    expect(stdoutOf('get pods -o custom-columns=A:,B:.kind')).toBe('A        B\n<none>   Pod\n'))
  it('js escapes for JavaScript', () =>
    expect(original.kubectl(['get', 'pod', 'web', '-o', `go-template={{js "a'b<=\\n\\\\"}}`]).stdout).toBe(
      String.raw`a\'b\u003C\u003D\u000A\\`,
    ))
  it('logs of a workload are those of the pod that has restarted most', () => {
    const cluster = original.fork()
    cluster.kubectl('create deployment two --image=nginx --replicas=2')
    cluster.settle()
    const [, second] = cluster.kubectl('get pods -l app=two -o name').stdout.split('\n')
    const words = ['patch', second ?? '', '--subresource=status', '--type=json', '-p']
    const patch = [{ op: 'replace', path: '/status/containerStatuses/0/restartCount', value: 3 }]
    expect(cluster.kubectl([...words, JSON.stringify(patch)]).exitCode).toBe(0)
    expect(cluster.kubectl('logs deploy/two').stderr).toContain(`using ${second}\n`)
  })
  it('set env lists init containers', () =>
    expect(stdoutOf('set env pod/web --list')).toContain('# Pod web, container first\n'))
})

describe('wrong flags', () => {
  it.each([
    ['logs web -c main main', 'only one of -c or an inline [CONTAINER] arg is allowed'],
    ['logs web --since=-1s', '--since must be greater than 0'],
    ['attach web a b', 'expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw 3: [web a b]'],
    ['port-forward pod/web 80 --address=nope', 'nope is not a valid IP'],
    ['create token default --audience=', '--audience must not be an empty string'],
    [
      'taint nodes --all -l a=b x=y:NoSchedule',
      "setting 'all' parameter with a non empty selector is prohibited",
    ],
    [
      'label pod web x=y --local',
      'can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set',
    ],
    ['--nope', "unknown flag: --nope\nSee 'kubectl --help' for usage."],
    ['--nope=x get pods', "unknown flag: --nope\nSee 'kubectl get --help' for usage."],
  ])('%s is refused', (line, text) =>
    expect(run(line)).toMatchObject({ stderr: `error: ${text}\n`, exitCode: 1 }),
  )
  it('an unknown flag before an unknown word may belong to a plugin', () =>
    expect(stderrOf('-z get pods')).toBe('Error: flags cannot be placed before plugin name: -z\n'))
  it('diff ends with 2, since 1 says that there are differences', () =>
    expect(run('diff --nope')).toMatchObject({
      stderr: "error: unknown flag: --nope\nSee 'kubectl diff -h' for help and examples\n",
      exitCode: 2,
    }))
})
