import { describe, expect, test } from 'vitest'
import { SimCluster } from '../../src/index.js'

const image = 'busybox:1.36'
const sleep = ['sh', '-c', 'sleep 100000']

function clusterWith(metadata: object, container: object, spec: object = {}): SimCluster {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', ...metadata },
    spec: { containers: [{ name: 'c', image, command: sleep, ...container }], ...spec },
  })
  return cluster.settle()
}

const run = (cluster: SimCluster, command: string): string => cluster.exec('p', command).stdout
const name = { namespace: 'default', name: 'p' }
const merge = (body: object): { readonly type: 'merge'; readonly body: object } => ({ type: 'merge', body })
const annotate = (cluster: SimCluster, annotations: object): void => {
  cluster.client.patch('pods', name, merge({ metadata: { annotations } }))
  cluster.settle()
}

test('downward API files follow labels and annotations', () => {
  const items = [
    { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
    { path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } },
  ]
  for (const volume of [
    { downwardAPI: { items } },
    { projected: { sources: [{ downwardAPI: { items } }] } },
  ]) {
    const cluster = clusterWith(
      { labels: { a: '1' }, annotations: { b: '1' } },
      { volumeMounts: [{ name: 'v', mountPath: '/info' }] },
      { volumes: [{ name: 'v', ...volume }] },
    )
    expect(run(cluster, 'cat /info/labels')).toBe('a="1"')
    cluster.client.patch('pods', name, merge({ metadata: { labels: { a: '2' }, annotations: { b: '3' } } }))
    cluster.settle()
    expect(run(cluster, 'cat /info/labels')).toContain('a="2"')
    expect(run(cluster, 'cat /info/annotations')).toContain('b="3"')
  }
})

describe('subPathExpr', () => {
  const podWith = (value: object, metadata: object = {}): SimCluster =>
    clusterWith(
      metadata,
      {
        env: [{ name: 'DIR', ...value }],
        volumeMounts: [
          { name: 'v', mountPath: '/sub', subPathExpr: '$(DIR)' },
          { name: 'v', mountPath: '/all' },
        ],
      },
      { volumes: [{ name: 'v', emptyDir: {} }] },
    )
  const waiting = (cluster: SimCluster): unknown =>
    cluster.get('pods', name).status.containerStatuses?.[0]?.state?.waiting

  test('makes the directory in the volume', () => {
    const cluster = podWith({ value: 'foo/bar' })
    expect(run(cluster, 'ls /all/foo')).toBe('bar\n')
    expect(run(cluster, 'echo hi > /sub/log; cat /all/foo/bar/log')).toBe('hi\n')
  })

  test.each([
    ['/tmp', 'error SubPath `/tmp` must not be an absolute path'],
    ['..', "unable to provision SubPath `..`: must not contain '..'"],
    ['', 'missing value for DIR'],
  ])('refuses the value "%s"', (value, message) => {
    expect(waiting(podWith({ value }))).toEqual({ reason: 'CreateContainerConfigError', message })
  })

  test('starts the container once an annotation gives it a value', () => {
    const cluster = podWith({ valueFrom: { fieldRef: { fieldPath: "metadata.annotations['dir']" } } })
    expect(waiting(cluster)).toMatchObject({ message: 'missing value for DIR' })
    annotate(cluster, { dir: 'mypath' })
    cluster.advance('15s')
    expect(cluster.get('pods', name).status.phase).toBe('Running')
    expect(run(cluster, 'ls /all')).toBe('mypath\n')
  })
})

describe('a variable from a file', () => {
  const withFile = (file: string, ref: object = {}, version?: string): SimCluster => {
    const cluster = new SimCluster({
      nodes: [{ name: 'n', ...(version === undefined ? {} : { kubeletVersion: version }) }],
    })
    const fileKeyRef = { volumeName: 'v', path: 'etc/app.env', key: 'MODE', ...ref }
    const command = ['sh', '-c', `mkdir /data/etc; echo "${file}" > /data/etc/app.env`]
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default', uid: 'u' },
      spec: {
        initContainers: [{ name: 'i', image, command, volumeMounts: [{ name: 'v', mountPath: '/data' }] }],
        containers: [
          { name: 'c', image, command: sleep, env: [{ name: 'MODE', valueFrom: { fileKeyRef } }] },
        ],
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'unused', emptyDir: {} },
        ],
      },
    })
    return cluster.settle()
  }
  const faultOf = (cluster: SimCluster): unknown => {
    const { waiting } = cluster.get('pods', name).status.containerStatuses?.[0]?.state ?? {}
    expect(waiting?.reason).toBe('CreateContainerConfigError')
    return waiting?.message
  }

  test('has the value that an init container wrote, though the container does not mount the volume', () => {
    expect(run(withFile("MODE='fast'"), 'echo "<$MODE>"; ls /data')).toBe('<fast>\n')
  })

  test('is left out if it is optional and the file has none', () => {
    expect(run(withFile("OTHER='fast'", { optional: true }), 'echo "${MODE-unset}"')).toBe('unset\n')
  })

  test('keeps the container from starting if the file has none, is no env file or is missing', () => {
    const { uid } = withFile('').get('pods', name).metadata
    expect(faultOf(withFile("OTHER='fast'"))).toBe(
      `environment variable key "MODE" not found in file "/var/lib/kubelet/pods/${uid}/volumes/` +
        'kubernetes.io~empty-dir/v/etc/app.env"',
    )
    expect(faultOf(withFile('MODE=fast'))).toBe("couldn't parse env file")
    expect(faultOf(withFile('', { path: 'app.env', optional: true }))).toBe("couldn't parse env file")
    expect(faultOf(withFile('', { volumeName: 'unused' }))).toBe(
      'cannot find the volume "unused" referenced by FileKeyRef',
    )
  })

  test('is empty with a kubelet that does not know the source', () => {
    expect(run(withFile("MODE='fast'", {}, 'v1.34.2'), 'echo "${MODE-unset}"')).toBe('\n')
  })
})

test('/etc/hosts has the full name of a pod with a subdomain, and says if it is the host network', () => {
  const cluster = clusterWith({}, {}, { hostname: 'h', subdomain: 'sub' })
  const ip = cluster.get('pods', name).status.podIP ?? ''
  expect(run(cluster, 'cat /etc/hosts')).toContain(`${ip}\th.sub.default.svc.cluster.local\th\n`)
  const host = clusterWith({}, {}, { hostNetwork: true })
  expect(run(host, 'head -n 1 /etc/hosts')).toBe('# Kubernetes-managed hosts file (host network).\n')
})

test('a pod is called by its full name if it asks for it, or by another name', () => {
  const names = 'hostname; hostname -f; hostname -s; hostname -d; uname -n; echo $HOSTNAME; cat /etc/hostname'
  const lines = (spec: object): readonly string[] =>
    run(clusterWith({}, {}, spec), names)
      .trim()
      .split('\n')
  const [short, full, domain] = ['h', 'h.sub.default.svc.cluster.local', 'sub.default.svc.cluster.local']
  const named = { hostname: short, subdomain: 'sub' }
  expect(lines(named)).toEqual([short, full, short, domain, short, short, short])
  expect(lines({ ...named, setHostnameAsFQDN: true })).toEqual([full, full, short, domain, full, full, full])
  const other = clusterWith({}, {}, { ...named, hostnameOverride: 'other.example' })
  expect(run(other, 'hostname; hostname -f')).toBe('other.example\nother.example\n')
  expect(run(other, 'cat /etc/hosts')).toContain('\tother.example\n')
  const host = clusterWith({}, {}, { hostname: short, hostNetwork: true })
  expect(run(host, 'hostname')).toBe(`${host.get('pods', name).spec.nodeName ?? ''}\n`)
})

test('a pod whose full name is too long for the kernel gets no sandbox', () => {
  const spec = { hostname: 'h'.repeat(60), subdomain: 'sub', setHostnameAsFQDN: true }
  const cluster = clusterWith({}, {}, spec)
  cluster.advance('10s')
  expect(cluster.get('pods', name).status.phase).toBe('Pending')
  expect(cluster.client.list('events').items.map(({ message }) => message)).toContain(
    'Failed to create pod sandbox: failed to construct FQDN from pod hostname and cluster domain, FQDN ' +
      `${spec.hostname}.sub.default.svc.cluster.local is too long (64 characters is the max, ` +
      '90 characters requested)',
  )
})

test('a user other than root writes a termination message to any path', () => {
  const cluster = clusterWith(
    {},
    {
      command: ['sh', '-c', 'printf DONE > /dev/termination-custom-log'],
      terminationMessagePath: '/dev/termination-custom-log',
      securityContext: { runAsUser: 1000 },
    },
    { restartPolicy: 'Never' },
  )
  const [status] = cluster.get('pods', name).status.containerStatuses ?? []
  expect(status?.state?.terminated).toMatchObject({ exitCode: 0, message: 'DONE' })
})

test('cgroup files show the limits, and follow a resize', () => {
  const cluster = clusterWith(
    {},
    { resources: { requests: { cpu: '100m', memory: '10Mi' }, limits: { cpu: '200m', memory: '20Mi' } } },
  )
  const files = 'cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu.weight /sys/fs/cgroup/memory.max'
  expect(run(cluster, files)).toBe('20000 100000\n4\n20971520\n')
  expect(run(cluster, 'mount')).toContain('cgroup on /sys/fs/cgroup type cgroup2 (ro,relatime)\n')
  const resized = { requests: { cpu: '200m', memory: '20Mi' }, limits: { cpu: '300m', memory: '30Mi' } }
  cluster.client.patch(
    'pods',
    name,
    { type: 'strategic', body: { spec: { containers: [{ name: 'c', resources: resized }] } } },
    { subresource: 'resize' },
  )
  cluster.settle()
  cluster.advance('10s')
  expect(run(cluster, files)).toBe('30000 100000\n8\n31457280\n')
})

test('httpd serves the files of its document root, which may be moved away', () => {
  const cluster = clusterWith(
    {},
    {
      image: 'registry.k8s.io/e2e-test-images/httpd:2.4.38-4',
      command: undefined,
      readinessProbe: { httpGet: { path: '/index.html', port: 80 }, periodSeconds: 1, failureThreshold: 1 },
    },
  )
  const ready = (): string | undefined =>
    cluster.get('pods', name).status.conditions?.find(({ type }) => type === 'Ready')?.status
  cluster.advance('3s')
  expect(ready()).toBe('True')
  expect(run(cluster, 'mv -v /usr/local/apache2/htdocs/index.html /tmp/')).toContain("'/tmp/'")
  cluster.advance('3s')
  expect(ready()).toBe('False')
  run(cluster, 'mv -v /tmp/index.html /usr/local/apache2/htdocs/')
  cluster.advance('3s')
  expect(ready()).toBe('True')
})

test('extended resources become allocatable soon, and survive the next status of the kubelet', () => {
  const cluster = clusterWith({}, {})
  const node = (): { readonly capacity?: object; readonly allocatable?: object } =>
    cluster.get('nodes', { name: 'node-1' }).status
  const patch = (op: string): void => {
    const body = [{ op, path: '/status/capacity/example.com~1fakecpu', value: '5' }]
    cluster.client.patch('nodes', { name: 'node-1' }, { type: 'json', body }, { subresource: 'status' })
  }
  patch('add')
  for (const time of ['20s', '6m'] as const) {
    cluster.advance(time)
    expect(node().capacity).toMatchObject({ 'example.com/fakecpu': '5' })
    expect(node().allocatable).toMatchObject({ 'example.com/fakecpu': '5' })
  }
  patch('remove')
  cluster.advance('20s')
  expect(node().allocatable).not.toHaveProperty('example.com/fakecpu')
})

test('binary data of a ConfigMap keeps its bytes', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const dump = btoa(String.fromCharCode(0xde, 0xca, 0xfe, 0xba, 0xd0, 0xfe, 0xff))
  cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, binaryData: { dump } })
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      containers: [{ name: 'c', image, command: sleep, volumeMounts: [{ name: 'v', mountPath: '/m' }] }],
      volumes: [{ name: 'v', configMap: { name: 'm' } }],
    },
  })
  cluster.settle()
  expect(run(cluster, 'hexdump -C /m/dump')).toContain('de ca fe ba d0 fe ff')
})

test('a mounted ConfigMap is read again within a minute, also by a kubelet that was restarted', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { a: '1' } })
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      containers: [{ name: 'c', image, command: sleep, volumeMounts: [{ name: 'v', mountPath: '/m' }] }],
      volumes: [{ name: 'v', configMap: { name: 'm' } }],
    },
  })
  cluster.settle()
  const change = (a: string): string => {
    cluster.client.patch(
      'configmaps',
      { namespace: 'default', name: 'm' },
      { type: 'merge', body: { data: { a } } },
    )
    cluster.advance('1m')
    return run(cluster, 'cat /m/a')
  }
  expect(change('2')).toBe('2')
  cluster.node('node-1').kubelet.restart()
  cluster.settle()
  expect(change('3')).toBe('3')
})

test('a hostPath volume shows the files of the node, and what pods have written over them', () => {
  const mounts = [
    { name: 'hosts', mountPath: '/etc/hosts-original' },
    { name: 'tmp', mountPath: '/host-tmp' },
  ]
  const volumes = [
    { name: 'hosts', hostPath: { path: '/etc/hosts', type: 'FileOrCreate' } },
    { name: 'tmp', hostPath: { path: '/tmp' } },
  ]
  const cluster = clusterWith({}, { volumeMounts: mounts }, { volumes })
  expect(run(cluster, 'cat /etc/hosts-original')).toBe('127.0.0.1\tlocalhost\n127.0.1.1\tnode-1\n')
  expect(run(cluster, 'head -n 1 /etc/hosts')).toBe('# Kubernetes-managed hosts file.\n')
  expect(run(cluster, 'stat -c %a /host-tmp')).toBe('1777\n')
  run(cluster, 'echo 10.0.0.99 db >> /etc/hosts-original')
  expect(run(cluster, 'tail -n 1 /etc/hosts-original')).toBe('10.0.0.99 db\n')
})

test('a volume of mode Block is a device, whose bytes stay with the volume', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.create('persistentvolumes', {
    metadata: { name: 'raw' },
    spec: {
      capacity: { storage: '1Gi' },
      volumeMode: 'Block',
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      hostPath: { path: '/dev/loop0' },
    },
  })
  cluster.create('persistentvolumeclaims', {
    metadata: { name: 'raw' },
    spec: {
      volumeMode: 'Block',
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      resources: { requests: { storage: '1Gi' } },
    },
  })
  const start = (name: string): void => {
    cluster.create('pods', {
      metadata: { name },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'c',
            image: 'busybox',
            command: ['sleep', '1d'],
            volumeDevices: [{ name: 'v', devicePath: '/mnt/volume1' }],
          },
        ],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'raw' } }],
      },
    })
    cluster.settle()
  }
  start('first')
  const code = (pod: string, command: string): number => cluster.exec(pod, command).exitCode
  // as the suite checks volumes of both modes
  expect(code('first', 'test -b /mnt/volume1')).toBe(0)
  expect(code('first', 'test -d /mnt/volume1')).toBe(1)
  expect(code('first', 'test -f /mnt/volume1')).toBe(1)
  expect(cluster.exec('first', 'ls -l /mnt/volume1').stdout).toMatch(/^brw-rw---- /)
  cluster.exec('first', 'echo hello | dd of=/mnt/volume1 bs=64 count=1')
  expect(code('first', 'test -b /mnt/volume1')).toBe(0)
  cluster.delete('pods', 'first')
  cluster.settle()
  start('second')
  expect(cluster.exec('second', 'dd if=/mnt/volume1 bs=6 count=1 2>/dev/null').stdout).toBe('hello\n')
  expect(code('second', 'test -c /dev/null')).toBe(0)
})
