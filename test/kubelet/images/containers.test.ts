import { describe, expect, test } from 'vitest'
import '../../../src/vitest.js'
import type { Pod } from '../../../src/api/core/generated.js'
import { SimCluster, defineImage } from '../../../src/index.js'
import type { ClusterOptions } from '../../../src/index.js'

function pod(
  name: string,
  container: object,
  spec: object = {},
  labels: Readonly<Record<string, string>> = {},
): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'c', image: 'busybox', ...container }], ...spec },
  }
}

function clusterWith(pods: readonly object[], options: ClusterOptions = {}): SimCluster {
  const cluster = new SimCluster({ nodes: 1, ...options })
  cluster.apply(pods)
  return cluster.advance('3s')
}

const statusOf = (
  cluster: SimCluster,
  name: string,
): NonNullable<Pod['status']['containerStatuses']>[number] => {
  const [status] = cluster.get('pods', { namespace: 'default', name }).status.containerStatuses ?? []
  if (!status) throw new Error(`${name} has no status`)
  return status
}

const CLOCK = pod('clock', {
  command: [
    'sh',
    '-c',
    'i=0; while true; do i=$((i+1)); echo "$i $(date +%s)" | tee /tmp/last; sleep 7; done',
  ],
})

describe('commands of containers', () => {
  test('their output is the log, their exit code the status', () => {
    const cluster = clusterWith([
      pod(
        'job',
        { command: ['sh', '-c', 'echo out; echo why > /dev/termination-log; exit 3'] },
        { restartPolicy: 'Never' },
      ),
    ])
    expect(cluster.logs('job')).toBe('out\n')
    expect(statusOf(cluster, 'job').state.terminated).toMatchObject({
      exitCode: 3,
      reason: 'Error',
      message: 'why\n',
    })
  })

  test.each([
    ['fork', (cluster: SimCluster) => cluster.fork()],
    [
      'JSON',
      (cluster: SimCluster) =>
        SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster)) as ReturnType<SimCluster['toJSON']>),
    ],
  ] as const)('a copy in the middle of a loop (%s) has the same future', (_way, copyOf) => {
    const cluster = clusterWith([CLOCK])
    cluster.exec('clock', 'echo mark > /tmp/mark')
    cluster.advance('10s')
    const copy = copyOf(cluster)
    cluster.advance('1m')
    copy.advance('1m')
    expect(cluster.logs('clock').split('\n').length).toBeGreaterThan(9)
    expect(copy.logs('clock', { timestamps: true })).toBe(cluster.logs('clock', { timestamps: true }))
    expect(copy.exec('clock', 'cat /tmp/mark /tmp/last')).toEqual(
      cluster.exec('clock', 'cat /tmp/mark /tmp/last'),
    )
    expect(copy.state.traceHash()).toBe(cluster.state.traceHash())
  })

  test('the first process of a container does not see SIGTERM, unless it traps it', () => {
    const trapped = { command: ['sh', '-c', 'trap "echo bye; exit 0" TERM; while true; do sleep 1; done'] }
    const cluster = clusterWith([pod('deaf', { command: ['sleep', '3600'] }), pod('polite', trapped)])
    cluster.kubectl('delete pod deaf polite --wait=false')
    cluster.advance('5s')
    expect(cluster.list('pods').items.map(({ metadata }) => metadata.name)).toEqual(['deaf'])
    cluster.advance('30s')
    expect(cluster.list('pods').items).toEqual([])
  })

  test('a program that is not there cannot be started', () => {
    const cluster = clusterWith([pod('bad', { command: ['nosuch'] }, { restartPolicy: 'Never' })])
    expect(statusOf(cluster, 'bad').state.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message:
        'failed to create containerd task: failed to create shim task: OCI runtime create failed: ' +
        'runc create failed: unable to start container process: error during container init: exec: ' +
        '"nosuch": executable file not found in $PATH: unknown',
    })
  })

  test.each([
    ['nosuch', 'exec: "nosuch": executable file not found in $PATH: unknown'],
    ['/usr/bin/nosuch', 'exec: "/usr/bin/nosuch": stat /usr/bin/nosuch: no such file or directory: unknown'],
  ])('nor in an image whose programs are known: %s', (program, fault) => {
    for (const image of ['nginx', 'redis:7', 'postgres']) {
      const cluster = clusterWith([pod('bad', { image, command: [program] })])
      const { lastState } = statusOf(cluster, 'bad')
      expect(lastState.terminated).toMatchObject({ exitCode: 128, reason: 'StartError' })
      expect(lastState.terminated?.message?.endsWith(fault)).toBe(true)
      expect(cluster).toHaveEvent({
        reason: 'Failed',
        about: 'default/bad',
        message: `Error: failed to create`,
      })
    }
  })

  test('that a container could not be started is the reason why it waits, until its back-off is', () => {
    const cluster = new SimCluster({ nodes: 1 })
    const seen: string[] = []
    cluster.on('write', ({ resource, object }) => {
      const [status] = resource === 'pods' ? ((object as Pod).status.containerStatuses ?? []) : []
      const reason = status?.state.waiting?.reason
      if (reason !== undefined && reason !== seen.at(-1)) seen.push(reason)
    })
    cluster.apply([pod('bad', { image: 'nginx', command: ['nosuch'] })])
    cluster.advance('20s')
    expect(seen).toEqual([
      'ContainerCreating',
      'RunContainerError',
      'CrashLoopBackOff',
      'RunContainerError',
      'CrashLoopBackOff',
    ])
  })

  test('programs that an image has, and all of an image that is not the official one, run', () => {
    const config = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'scripts' },
      data: { 'run.sh': '#!/bin/sh\nsleep 999' },
    }
    const mounted = { volumes: [{ name: 'scripts', configMap: { name: 'scripts', defaultMode: 0o755 } }] }
    const cluster = clusterWith([
      config,
      pod('own', { image: 'nginx', command: ['/usr/sbin/nginx', '-g', 'daemon off;'] }),
      pod('client', { image: 'redis', command: ['redis-cli', 'monitor'] }),
      pod('common', { image: 'nginx', command: ['perl', '-e', 'sleep'] }),
      pod('other', { image: 'example.com/team/app', command: ['nosuch'] }),
      pod('similar', { image: 'bitnami/nginx', command: ['/opt/bitnami/scripts/nginx/run.sh'] }),
      pod(
        'script',
        {
          image: 'nginx',
          command: ['/scripts/run.sh'],
          volumeMounts: [{ name: 'scripts', mountPath: '/scripts' }],
        },
        mounted,
      ),
    ])
    for (const name of ['own', 'client', 'common', 'other', 'similar', 'script'])
      expect(cluster).toBeReady('pods', name)
  })

  test('a probe takes a program that an image has for successful, and fails for one that it has not', () => {
    const probed = (command: string[]): object => ({ image: 'redis', readinessProbe: { exec: { command } } })
    const cluster = clusterWith([
      pod('good', probed(['redis-cli', 'ping'])),
      pod('bad', probed(['redis-ctl', 'ping'])),
    ])
    cluster.advance('1m')
    expect(cluster).toBeReady('pods', 'good')
    expect(cluster).not.toBeReady('pods', 'bad')
  })
})

describe('what a container sees', () => {
  const cluster = clusterWith([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm', namespace: 'default' },
      data: { a: '1', b: 'two' },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'sec', namespace: 'default' },
      data: { key: 'aHVudGVyMg==' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    },
    pod('web', { image: 'nginx' }, {}, { app: 'web' }),
    pod(
      'box',
      {
        command: ['sleep', 'infinity'],
        env: [
          { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          { name: 'URL', value: 'http://$(IP)/$(NONE)' },
          { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
        ],
        envFrom: [{ prefix: 'CM_', configMapRef: { name: 'cm' } }],
        resources: { limits: { memory: '64Mi' } },
        securityContext: { readOnlyRootFilesystem: true },
        volumeMounts: [
          { name: 'cm', mountPath: '/cm' },
          { name: 'sec', mountPath: '/sec' },
          { name: 'e', mountPath: '/data' },
          { name: 'info', mountPath: '/info' },
        ],
      },
      {
        securityContext: { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000 },
        volumes: [
          { name: 'cm', configMap: { name: 'cm', items: [{ key: 'b', path: 'sub/b' }] } },
          { name: 'sec', secret: { secretName: 'sec' } },
          { name: 'e', emptyDir: {} },
          {
            name: 'info',
            downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] },
          },
        ],
      },
    ),
  ])

  test.each([
    ['echo $CM_a $URL $LIMIT', /^1 http:\/\/10\.244\.\d+\.\d+\/\$\(NONE\) 64\n$/],
    ['cat /cm/sub/b /sec/key /info/name', /^twohunter2box$/],
    ['id', /^uid=1000 gid=3000 groups=2000,3000\n$/],
    ['echo x > /data/f && cat /data/f', /^x\n$/],
    [
      'cut -d. -f1 /var/run/secrets/kubernetes.io/serviceaccount/token | head -c 3; cut -c1-9 ' +
        '/var/run/secrets/kubernetes.io/serviceaccount/namespace',
      /^$/,
    ],
    ['wget -qO- web | grep -o "Welcome to nginx" | head -1', /^Welcome to nginx\n$/],
    ['wget -qO- http://web.default.svc.cluster.local/ | wc -l', /^2\d\n$/],
    ['nslookup web | grep -c "web.default.svc.cluster.local"', /^1\n$/],
    ['curl -s -o /dev/null -w "%{http_code}" web/nope', /^404$/],
    ['curl -sk https://kubernetes/version | grep -c gitVersion', /^1\n$/],
  ])('%s', (script, expected) => {
    expect(cluster.exec('box', script).stdout).toMatch(expected)
  })

  test.each([
    ['echo x > /f', "sh: can't create /f: Read-only file system\n"],
    ['echo x > /cm/f', "sh: can't create /cm/f: Read-only file system\n"],
    ['wget -q nosuch', "wget: bad address 'nosuch'\n"],
    ['whoami', 'whoami: unknown uid 1000\n'],
    ['wget -q -T 2 web:81', 'wget: download timed out\n'],
    [`wget -q $IP:99`, /^wget: can't connect to remote host \(10\.244\.\d+\.\d+\): Connection refused\n$/],
  ])('%s fails', (script, text) => {
    const { stderr, exitCode } = cluster.exec('box', script)
    expect(stderr).toMatch(text)
    expect(exitCode).toBe(1)
  })
})

// Source: test/e2e/auth/service_accounts.go
test.each([
  ['for everybody', {}, '-rw-r--r-- 0 0'],
  ['for the user of all containers', { runAsUser: 1000 }, '-rw------- 1000 0'],
  ['for the group of the volumes', { fsGroup: 10_000 }, '-rw-r----- 0 10000'],
  ['for both', { runAsUser: 1000, fsGroup: 10_000 }, '-rw-r----- 1000 10000'],
])('a token is readable %s', (_, securityContext, expected) => {
  const volumes = [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }]
  const container = { command: ['sleep', '600'], volumeMounts: [{ name: 't', mountPath: '/t' }] }
  const cluster = clusterWith([pod('box', container, { securityContext, volumes })])
  expect(cluster.exec('box', 'stat -L -c "%A %u %g" /t/token').stdout).toBe(`${expected}\n`)
})

describe('references to what is not there', () => {
  test('variables: CreateContainerConfigError until it is there', () => {
    const cluster = clusterWith([
      pod('env', { image: 'nginx', envFrom: [{ configMapRef: { name: 'nope' } }] }),
      pod('root', { image: 'nginx', securityContext: { runAsNonRoot: true } }),
    ])
    expect(statusOf(cluster, 'env').state.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmap "nope" not found',
    })
    const { uid = '' } = cluster.get('pods', { namespace: 'default', name: 'root' }).metadata
    expect(statusOf(cluster, 'root').state.waiting?.message).toBe(
      `container has runAsNonRoot and image will run as root (pod: "root_default(${uid})", container: c)`,
    )
    expect(cluster.kubectl('logs env').stderr).toBe(
      'Error from server (BadRequest): container "c" in pod "env" is waiting to start: ' +
        'CreateContainerConfigError\n',
    )
    cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'nope' }, data: { A: '1' } })
    cluster.advance('15s')
    expect(cluster.exec('env', 'echo $A').stdout).toBe('1\n')
  })

  test('a key that is missing', () => {
    const cluster = clusterWith([
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'default' } },
      pod('key', {
        image: 'nginx',
        env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
      }),
    ])
    expect(statusOf(cluster, 'key').state.waiting?.message).toBe("couldn't find key k in Secret default/s")
  })

  test('volumes: ContainerCreating and FailedMount until it is there', () => {
    const volumes = [{ name: 'v', secret: { secretName: 'nope' } }]
    const cluster = clusterWith([
      pod('vol', { image: 'nginx', volumeMounts: [{ name: 'v', mountPath: '/v' }] }, { volumes }),
    ])
    expect(statusOf(cluster, 'vol').state.waiting?.reason).toBe('ContainerCreating')
    expect(cluster.kubectl('get events').stdout).toContain(
      'MountVolume.SetUp failed for volume "v" : secret "nope" not found',
    )
    cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'nope' }, stringData: { k: 'x' } })
    cluster.advance('2m')
    expect(cluster.exec('vol', 'cat /v/k').stdout).toBe('x')
    cluster.patch(
      'secrets',
      { namespace: 'default', name: 'nope' },
      { type: 'merge', body: { stringData: { k: 'y' } } },
    )
    expect(cluster.exec('vol', 'cat /v/k').stdout).toBe('x')
    cluster.advance('2m')
    expect(cluster.exec('vol', 'cat /v/k').stdout).toBe('y')
  })
})

describe('defineImage', () => {
  const counter = defineImage<{ hits: number }>({
    name: 'registry.example.com/counter',
    user: '1000',
    ports: [8080],
    files: { '/etc/counter': 'yes\n' },
    behavior: {
      start: () => ({ state: { hits: 0 }, log: ['listening'], tickAfter: 60_000 }),
      request: (state, { path = '/' }) => {
        const hits = state.hits + 1
        if (path === '/crash') return { exit: 2, errorLog: ['crash'] }
        if (path === '/leak') return { memory: 1_000_000_000 }
        return { state: { hits }, response: { status: 200, body: `${hits}\n` }, log: [`GET ${path}`] }
      },
      tick: (state) => ({ log: [`tick ${state.hits}`], tickAfter: 60_000 }),
      exec: (state, [program]) =>
        program === 'hits' ? { stdout: `${state.hits}\n`, exitCode: 0 } : undefined,
    },
  })
  const images = { counter }
  const made = (): SimCluster =>
    clusterWith(
      [pod('app', { image: 'registry.example.com/counter:v1', resources: { limits: { memory: '128Mi' } } })],
      { images },
    )
  const ask = (cluster: SimCluster, path = ''): ReturnType<SimCluster['exec']> =>
    cluster.exec('app', `wget -qO- localhost:8080/${path}`)

  test('handlers over plain state; forks and JSON carry it', () => {
    const cluster = made()
    expect(ask(cluster).stdout).toBe('1\n')
    const fork = cluster.fork()
    const restored = SimCluster.fromJSON(
      JSON.parse(JSON.stringify(cluster)) as ReturnType<SimCluster['toJSON']>,
      { images },
    )
    expect(ask(cluster).stdout).toBe('2\n')
    for (const copy of [fork, restored]) expect([ask(copy).stdout, ask(copy).stdout]).toEqual(['2\n', '3\n'])
    expect(cluster.exec('app', ['hits']).stdout).toBe('2\n')
    cluster.advance('1m')
    expect(cluster.logs('app')).toBe('listening\nGET /\nGET /\ntick 2\n')
    expect(cluster.exec('app', 'id -u; cat /etc/counter').stdout).toBe('1000\nyes\n')
  })

  test('a crash and the memory limit', () => {
    const cluster = made()
    ask(cluster, 'crash')
    cluster.advance('2s')
    expect(statusOf(cluster, 'app')).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 2, reason: 'Error' } },
    })
    expect(cluster.logs('app', { previous: true })).toBe('listening\ncrash\n')
    ask(cluster, 'leak')
    cluster.advance('1s')
    expect(statusOf(cluster, 'app').lastState.terminated).toMatchObject({
      exitCode: 137,
      reason: 'OOMKilled',
    })
  })
})
