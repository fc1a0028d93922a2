import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

const MIB = 1024 * 1024

/** A cluster with a pod `box`. */
function withBox(container: object = {}, spec: object = {}): SimCluster {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'box', namespace: 'default' },
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'main', image: 'busybox', command: ['sleep', '1d'], ...container }],
        ...spec,
      },
    },
  ])
  cluster.settle()
  return cluster
}

const output = (cluster: SimCluster, command: string): string => {
  const { stdout, stderr, exitCode } = cluster.exec('box', command)
  return exitCode === 0 ? stdout : `${exitCode}: ${stderr}`
}

test('dd writes ten megabytes, which take ten milliseconds', () => {
  const cluster = withBox()
  const before = cluster.now()
  expect(cluster.exec('box', 'dd if=/dev/zero of=/x bs=1M count=10')).toMatchObject({
    exitCode: 0,
    stderr: '10+0 records in\n10+0 records out\n',
  })
  expect(cluster.now() - before).toBe(0)
  expect(output(cluster, 'dd if=/x of=/y bs=1M; wc -c < /y')).toBe(`${10 * MIB}\n`)
  // ten milliseconds to copy, and as many to count: the last slice ends with its program
  expect(cluster.now() - before).toBe(18)
})

test('every program sees the same bytes of a large file', () => {
  const cluster = withBox()
  const bytes = Buffer.alloc(3 * MIB, 'x')
  const md5 = createHash('md5').update(bytes).digest('hex')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  expect(output(cluster, 'dd if=/dev/urandom of=/x bs=1M count=3; md5sum /x')).toBe(`${md5}  /x\n`)
  expect(output(cluster, 'cat /x | sha256sum')).toBe(`${sha256}  -\n`)
  expect(output(cluster, 'base64 /x | base64 -d | md5sum')).toBe(`${md5}  -\n`)
  expect(output(cluster, 'mkdir /t; tar cf /x.tar /x; tar xf /x.tar -C /t; md5sum < /t/x')).toBe(
    `${md5}  -\n`,
  )
  expect(output(cluster, 'cp /x /y; cat /y | tee /z | wc -c; md5sum /z')).toBe(`${3 * MIB}\n${md5}  /z\n`)
  expect(output(cluster, 'head -c 5 /y; tail -c 3 /y')).toBe('xxxxxxxx')
  expect(output(cluster, 'dd if=/x of=/z bs=1k count=1 seek=4096 conv=notrunc; wc -c < /z')).toBe(
    `${4 * MIB + 1024}\n`,
  )
  expect(output(cluster, 'find / -name x -exec md5sum {} \\;')).toContain(`${md5}  /x`)
})

test('bytes that are no text stay as they are in files, pipes, mounted keys and logs', async () => {
  const bytes = Buffer.from([0, 255, 254, 10, 195, 40, 240, 159, 146, 128, 13])
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'default' },
      binaryData: { blob: bytes.toString('base64') },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'box', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'main',
            image: 'busybox',
            command: ['sh', '-c', 'cat /c/blob; sleep 1d'],
            volumeMounts: [{ name: 'c', mountPath: '/c' }],
          },
        ],
        volumes: [{ name: 'c', configMap: { name: 'c' } }],
      },
    },
  ])
  cluster.settle()
  expect(output(cluster, 'cp /c/blob /b; cat /b | base64')).toBe(`${bytes.toString('base64')}\n`)
  expect(output(cluster, 'stat -c %s /b; wc -c /b')).toBe('11\n11 /b\n')
  const response = await cluster.http.fetch('/api/v1/namespaces/default/pods/box/log')
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes)
})

test('forks and snapshots keep large files, and share their bytes', () => {
  const cluster = withBox()
  output(cluster, 'dd if=/dev/urandom of=/x bs=1M count=4; printf "\\377\\376" >> /x')
  const sum = output(cluster, 'md5sum /x')
  const fork = cluster.fork()
  expect(output(fork, 'rm /x; ls /x')).toContain('No such file')
  expect(output(cluster, 'md5sum /x')).toBe(sum)
  const json = JSON.stringify(cluster.toJSON())
  // the four megabytes are the same one, written once
  expect(json.length).toBeLessThan(3 * MIB)
  expect(output(SimCluster.fromJSON(JSON.parse(json)), 'md5sum /x')).toBe(sum)
})

test('a container that writes more than its ephemeral-storage limit is evicted', () => {
  const cluster = withBox({ resources: { limits: { 'ephemeral-storage': '8Mi' } } })
  expect(output(cluster, 'dd if=/dev/zero of=/x bs=1M count=7; ls -l /x')).toContain(String(7 * MIB))
  cluster.advance('30s')
  expect(cluster.get('pods', 'default/box').status.phase).toBe('Running')
  output(cluster, 'dd if=/dev/zero of=/y bs=1M count=10')
  cluster.advance('30s')
  expect(cluster.get('pods', 'default/box').status).toMatchObject({
    phase: 'Failed',
    reason: 'Evicted',
    message: 'Pod ephemeral local storage usage exceeds the total limit of containers 8Mi. ',
  })
})

test('an emptyDir over its size limit evicts its pod, and one in memory is full', () => {
  const volume = (emptyDir: object): object => ({ volumes: [{ name: 'd', emptyDir }] })
  const mount = { volumeMounts: [{ name: 'd', mountPath: '/d' }] }
  const onDisk = withBox(mount, volume({ sizeLimit: '4Mi' }))
  output(onDisk, 'fallocate -l 5M /d/x')
  onDisk.advance('30s')
  expect(onDisk.get('pods', 'default/box').status).toMatchObject({
    reason: 'Evicted',
    message: 'Usage of EmptyDir volume "d" exceeds the limit "4Mi". ',
  })
  const inMemory = withBox(mount, volume({ medium: 'Memory', sizeLimit: '4Mi' }))
  expect(output(inMemory, 'dd if=/dev/zero of=/d/x bs=1M count=5')).toBe(
    "1: dd: error writing '/d/x': No space left on device\n",
  )
})

test('a container that fills the disk of its node is evicted', () => {
  const cluster = withBox()
  expect(cluster.exec('box', 'dd if=/dev/zero of=/x bs=1G')).toMatchObject({ exitCode: 137 })
  cluster.settle()
  expect(cluster.get('pods', 'default/box').status).toMatchObject({
    phase: 'Failed',
    reason: 'Evicted',
    message: expect.stringContaining('The node was low on resource: ephemeral-storage. ') as string,
  })
  const conditions = cluster.get('nodes', 'node-1').status.conditions ?? []
  expect(conditions.find(({ type }) => type === 'DiskPressure')?.status).toBe('True')
})

test('sizes that are none are refused', () => {
  const cluster = withBox()
  expect(output(cluster, 'dd if=/dev/zero of=/x bs=1X')).toBe("1: dd: invalid number '1X'\n")
  expect(output(cluster, 'truncate -s ten /x')).toBe("1: truncate: invalid number 'ten'\n")
  expect(output(cluster, 'head -c 2M /dev/zero | wc -c')).toBe(`${2 * MIB}\n`)
  expect(output(cluster, 'head -c 2X /dev/zero')).toBe("1: head: invalid number '2X'\n")
  expect(output(cluster, 'fallocate /x')).toBe('1: fallocate: invalid length value specified\n')
  expect(output(cluster, 'truncate -s 3K /x; truncate -s -1K /x; truncate -s +5 /x; stat -c %s /x')).toBe(
    '2053\n',
  )
})
