import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { defineImage } from 'simcluster/images'

/** Runs an image with arguments and no command, and returns what has become of the pod. */
function run(
  image: string,
  args: readonly string[],
  cluster = new SimCluster({ nodes: 1 }),
): { readonly log: string; readonly ended: string; readonly first: string } {
  cluster.create('pods', {
    metadata: { name: 'p' },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', image, args: [...args] }] },
  })
  cluster.advance('5s')
  const { state } = cluster.get('pods', 'p').status.containerStatuses?.[0] ?? {}
  const ended = state?.terminated === undefined ? 'runs' : String(state.terminated.exitCode)
  const [, first = ''] =
    /^\s+1 \S+\s+\S+ (.*)$/m.exec(ended === 'runs' ? cluster.exec('p', 'ps').stdout : '') ?? []
  return { log: cluster.logs('p'), ended, first }
}

test.each([
  'nginx',
  'nginx:alpine',
  'redis:7',
  'mysql',
  'mariadb',
  'postgres:17',
  'mongo',
  'memcached',
  'wordpress',
  'curlimages/curl',
  'busybox',
  'httpd',
])('the arguments of a container are what runs: %s', (image) => {
  expect(run(image, ['sleep', '1h'])).toEqual({ log: '', ended: 'runs', first: 'sleep 1h' })
  expect(run(image, ['sh', '-c', 'echo hi; exit 3'])).toEqual({ log: 'hi\n', ended: '3', first: '' })
})

test.each([
  ['redis', ['--appendonly', 'yes'], 'redis-server'],
  ['mysql', ['--max-connections=5'], 'mysqld'],
  ['mariadb', ['--skip-name-resolve'], 'mariadbd'],
  ['postgres', ['-c', 'max_connections=5'], 'postgres'],
  ['mongo', ['--auth'], 'mongod'],
  ['memcached', ['-m', '64'], 'memcached'],
] as const)('flags are for the server: %s', (image, flags, server) => {
  expect(run(image, flags)).toMatchObject({ ended: 'runs', first: [server, ...flags].join(' ') })
  // and so the server is there
  expect(run(image, [server, ...flags])).toEqual(run(image, flags))
})

test('the script of nginx takes no flags, and finds no programs that are not there', () => {
  expect(run('nginx', ['-g', 'daemon off;'])).toMatchObject({
    ended: '2',
    log: '/docker-entrypoint.sh: exec: Illegal option -g\n',
  })
  expect(run('nginx', ['wegt', 'http://a'])).toMatchObject({
    ended: '127',
    log: '/docker-entrypoint.sh: exec: wegt: not found\n',
  })
  // a command takes the place of the script, and then the runtime finds nothing to start
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('run p --image=nginx --restart=Never --command -- wegt')
  cluster.advance('5s')
  expect(cluster.get('pods', 'p').status.containerStatuses?.[0]?.state?.terminated).toMatchObject({
    exitCode: 128,
    reason: 'StartError',
  })
})

test('what is no program in the image of curl is for curl', () => {
  const failed = { ended: '7', log: expect.stringContaining('curl: (7)') as string }
  expect(run('curlimages/curl:8', ['http://127.0.0.1'])).toMatchObject(failed)
  expect(run('curlimages/curl:8', ['-S', '-s', 'http://127.0.0.1'])).toMatchObject(failed)
  expect(run('curlimages/curl:8', ['curl', 'http://127.0.0.1'])).toMatchObject(failed)
})

test('a server logs its start once, and listens; another program of its image does neither', () => {
  const cluster = new SimCluster({ nodes: 1 })
  expect(run('redis', [], cluster).log).toBe('* Ready to accept connections tcp\n')
  expect(cluster.exec('p', 'nc -z 127.0.0.1 6379').exitCode).toBe(0)
  const client = new SimCluster({ nodes: 1 })
  expect(run('redis', ['redis-cli', 'ping'], client)).toMatchObject({ log: '', first: 'redis-cli ping' })
  expect(client.exec('p', 'nc -z 127.0.0.1 6379').exitCode).toBe(1)
})

test('a Job ends when another program of its image has ended', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('create job dump --image=mysql -- mysqldump -h db shop')
  cluster.advance('1m')
  expect(cluster.get('jobs', 'dump').status?.succeeded).toBe(1)
})

test('an image of your own says what follows its entrypoint', () => {
  const images = {
    app: defineImage({ name: 'app', entrypoint: ['/start.sh'], cmd: ['app'], argumentsAre: 'command' }),
    plain: defineImage({ name: 'plain', entrypoint: ['/start.sh'], cmd: ['app'] }),
  }
  expect(run('app', ['sleep', '1h'], new SimCluster({ nodes: 1, images })).first).toBe('sleep 1h')
  expect(run('plain', ['sleep', '1h'], new SimCluster({ nodes: 1, images })).first).toBe('/start.sh sleep 1h')
  expect(() => defineImage({ name: 'app', argumentsAre: 'flags' as 'command' })).toThrow(/argumentsAre/)
})

test('the machine shows the program as the container does', () => {
  const cluster = new SimCluster({ nodes: 1 })
  expect(run('nginx', [], cluster)).toMatchObject({
    first: 'nginx -g daemon off;',
    log: '/docker-entrypoint.sh: Configuration complete; ready for start up\n',
  })
  expect(cluster.exec('p', 'head -1 /proc/1/status').stdout).toBe('Name:\tnginx\n')
})
