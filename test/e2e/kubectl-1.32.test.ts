import { expect, test } from 'vitest'
import { needs, serveCluster } from './harness.js'
import type { Outcome } from './harness.js'
import { files } from './ledger/files.js'

const denied =
  /^error: no objects passed to scale deployments\.apps "web" is forbidden: User "jane" cannot get resource "deployments"/

/**
 * What kubectl 1.32.3 (of Debian) prints where 1.35 prints something else, in this order on one cluster of
 * 1.35.
 */
const differences: readonly (readonly [command: string, printed: Partial<Outcome> | RegExp, as?: string])[] =
  [
    [
      'version',
      /^Client Version: v1\.32\.3\nKustomize Version: v5\.5\.0\nServer Version: v1\.35\.\d+\nWARNING: version difference between client \(1\.32\) and server \(1\.35\)/,
    ],
    [
      'apply -f multi.yaml',
      {
        code: 0,
        stdout: 'configmap/cm1 created\nservice/web created\ndeployment.apps/web created\n',
        stderr: '',
      },
    ],
    ['rollout status deploy/web --timeout=20s', /deployment "web" successfully rolled out\n$/],
    [
      'create deployment d1 --image=nginx --dry-run=client -o yaml',
      /^apiVersion: apps\/v1\nkind: Deployment\nmetadata:\n {2}creationTimestamp: null\n/,
    ],
    ['create deployment d1 --image=nginx', { code: 0, stdout: 'deployment.apps/d1 created\n', stderr: '' }],
    [
      'autoscale deploy web --min=1 --max=3 --cpu-percent=80',
      { code: 0, stdout: 'horizontalpodautoscaler.autoscaling/web autoscaled\n', stderr: '' },
    ],
    [
      'get hpa web -o jsonpath={.apiVersion}/{.spec.metrics[0].resource.target.averageUtilization}',
      { stdout: 'autoscaling/v2/80' },
    ],
    [
      'autoscale deploy web --min=1 --max=3 --cpu=80%',
      { code: 1, stderr: "error: unknown flag: --cpu\nSee 'kubectl autoscale --help' for usage.\n" },
    ],
    [
      'scale deploy/nope --replicas=4',
      { code: 1, stderr: 'error: no objects passed to scale deployments.apps "nope" not found\n' },
    ],
    ['scale deploy/web --replicas=1', denied, 'jane'],
    ['describe sa default', /Mountable secrets: {3}<none>\nTokens: {14}<none>\n/],
    ['run a --image=nginx', { code: 0, stdout: 'pod/a created\n', stderr: '' }],
    [
      'wait --for=condition=Ready pod/a --timeout=20s',
      { code: 0, stdout: 'pod/a condition met\n', stderr: '' },
    ],
    ['delete pod a', { code: 0, stdout: 'pod "a" deleted\n', stderr: '' }],
    [
      'delete -f multi.yaml',
      {
        code: 0,
        stdout: 'configmap "cm1" deleted\nservice "web" deleted\ndeployment.apps "web" deleted\n',
        stderr: '',
      },
    ],
    ['get pods -o foo', /go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template/],
    [
      'explain deployment.spec.replicas',
      /^GROUP: {6}apps\nKIND: {7}Deployment\nVERSION: {4}v1\n\nFIELD: replicas <integer>\n/,
    ],
    [
      'auth whoami -o yaml',
      /^apiVersion: authentication\.k8s\.io\/v1\nkind: SelfSubjectReview\nmetadata:\n {2}creationTimestamp: /,
    ],
  ]

test(
  'kubectl 1.32, which lists and watches where 1.35 streams lists, works and prints as it did',
  { timeout: 60_000 },
  async (context) => {
    needs(context, 'kubectl132')
    await using served = await serveCluster({ version: 'v1.35', nodes: 2 }, { time: 'virtual' })
    served.file('multi.yaml', files['multi.yaml'] as string)
    served.user('jane', { user: 'jane' })
    for (const [command, printed, as = 'admin'] of differences) {
      const outcome = await served.run('kubectl132', command, { as })
      if (printed instanceof RegExp) expect.soft(outcome.stdout + outcome.stderr, command).toMatch(printed)
      else expect.soft({ command, ...outcome }).toMatchObject(printed)
    }
  },
)
