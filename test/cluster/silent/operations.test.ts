import { expect, test } from 'vitest'
import { ApiError, CommandError, SimCluster, admissionWebhook } from 'simcluster'

const errorOf = (call: () => unknown): unknown => {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('kubectl() with check throws what a failed command has written', () => {
  const cluster = new SimCluster({ nodes: 0 })
  expect(cluster.kubectl('get pod web').exitCode).toBe(1)
  expect(cluster.kubectl('get nodes', { check: true }).exitCode).toBe(0)
  const error = errorOf(() => cluster.kubectl('kubectl get pod web', { check: true })) as CommandError
  expect(error).toBeInstanceOf(CommandError)
  expect(error.message).toBe(
    'kubectl get pod web ended with exit code 1: Error from server (NotFound): pods "web" not found',
  )
  expect(error).toMatchObject({ exitCode: 1, command: 'kubectl get pod web', stdout: '' })
  const inOffice = errorOf(() => cluster.in('office').kubectl(['rollout', 'restrat', 'web'], { check: true }))
  expect(String(inOffice)).toContain('kubectl rollout restrat web ended with exit code 1')
})

/** A cluster whose budget lets no pod of web go. */
function guarded(): SimCluster {
  const cluster = new SimCluster({ nodes: 2 })
  cluster.kubectl('create deployment web --image=nginx', { check: true })
  cluster.kubectl('create poddisruptionbudget web --selector=app=web --min-available=1', { check: true })
  return cluster.settle()
}

test('drain() folds the lines that a blocked eviction repeats', () => {
  const cluster = guarded()
  const [pod] = cluster.list('pods', { namespace: 'default' }).items
  const result = cluster.node(pod?.spec.nodeName ?? '').drain({ timeout: '10m' })
  expect(result.exitCode).toBe(1)
  expect(result.terminal).toMatch(/evicting pod default\/web-\S+ \.\.\. 121 times/)
  expect(result.stderr).toMatch(/Cannot evict pod as it would violate.* \.\.\. 120 times/)
  expect(result.terminal.split('\n').length).toBeLessThan(12)
})

test('evict() evicts a pod, and throws the refusal of a budget', () => {
  const cluster = guarded()
  const name = cluster.list('pods', { namespace: 'default' }).items[0]?.metadata.name ?? ''
  const error = errorOf(() => cluster.evict(name)) as ApiError
  expect(error.code).toBe(429)
  expect(JSON.stringify(error.details)).toContain('web')
  cluster.delete('poddisruptionbudgets', 'web')
  cluster.evict(name, { dryRun: true })
  expect(cluster.get('pods', name).metadata.deletionTimestamp).toBeUndefined()
  cluster.evict({ namespace: 'default', name }, { gracePeriodSeconds: 0 })
  expect(() => cluster.get('pods', name)).toThrow(ApiError)
  expect(errorOf(() => cluster.evict('none')) as ApiError).toMatchObject({ code: 404 })
})

const hook = (url: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'guard' },
  webhooks: [
    {
      name: 'guard.example.com',
      clientConfig: { url },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    },
  ],
})

test.each([
  'https://localhost:9443/validate',
  'https://127.0.0.1:9443',
  'https://[::1]:9443/x',
  'https://host.docker.internal',
])('a webhook at %s says that the cluster is not served', (url) => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply(hook(url))
  const create = (): unknown => cluster.create('configmaps', { metadata: { name: 'a' } })
  expect(create).toThrow(/dial tcp .*only from a cluster that is served, with serve\(cluster\)/)
  const origin = url.split('/').slice(0, 3).join('/')
  expect(create).toThrow(`{ webhooks: { '${origin}': handler } }`)
  const allow = admissionWebhook(() => ({ allowed: true }))
  const handled = new SimCluster({ nodes: 0, webhooks: { [origin]: allow } })
  handled.apply(hook(url))
  expect(handled.create('configmaps', { metadata: { name: 'a' } }).metadata.name).toBe('a')
})

test('an image that is nearly a known one gets one warning, however it comes', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const text = 'nobody has described the image ngnix:nope; did you mean nginx?'
  expect(cluster.kubectl('run a --image=ngnix:nope').stderr).toBe(`Warning: ${text}\n`)
  expect(cluster.kubectl('create deployment b --image=ngnix:nope').stderr).toBe(`Warning: ${text}\n`)
  expect(cluster.kubectl('create job c --image=ngnix:nope').stderr).toBe(`Warning: ${text}\n`)
  expect(cluster.kubectl('create cronjob d --image=ngnix:nope --schedule=@daily').stderr).toContain(text)
  expect(cluster.kubectl('set image deployment/b ngnix=reids').stderr).toContain('did you mean redis?')
  expect(cluster.kubectl('run e --image=regsitry.k8s.io/pause:3.10').stderr).toContain(
    'did you mean registry.k8s.io/pause:3.10?',
  )
  expect(cluster.kubectl('run f --image=registry.k8s.io/pasue:3.10').stderr).toContain(
    'registry.k8s.io/pause:3.10?',
  )
  for (const image of ['nginx', 'mine/ngnix', 'registry.example.com/ngnix', 'shop', 'quay.io/me/app'])
    expect(cluster.kubectl(['run', `ok-${image.replace(/\W/g, '-')}`, `--image=${image}`]).stderr).toBe('')
  const described = new SimCluster({ nodes: 1, images: { ngnix: { exitCode: 0 } } })
  expect(described.kubectl('run a --image=ngnix').stderr).toBe('')
})

test("with unknownImages: 'pullError' an image that nobody has described cannot be pulled", () => {
  const cluster = new SimCluster({ nodes: 1, containers: { unknownImages: 'pullError' } })
  for (const [name, image] of [
    ['a', 'ngnix:nope'],
    ['b', 'quay.io/me/app:1'],
    ['c', 'nginx'],
  ] as const)
    cluster.kubectl(['run', name, `--image=${image}`])
  cluster.settle()
  const waiting = (name: string): string => {
    const { reason = '', message = '' } =
      cluster.get('pods', name).status.containerStatuses?.[0]?.state?.waiting ?? {}
    return `${reason}: ${message}`
  }
  expect(waiting('a')).toMatch(/ErrImagePull|ImagePullBackOff/)
  expect(cluster.kubectl('describe pod a').stdout).toContain('pull access denied, repository does not exist')
  expect(cluster.kubectl('describe pod b').stdout).toContain('quay.io/me/app:1: not found')
  expect(cluster.get('pods', 'c').status.phase).toBe('Running')
})
