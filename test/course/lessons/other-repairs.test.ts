import { expect, test } from 'vitest'
import { judge, openLesson } from '../../../src/course/lessons/index.js'

const policy = (name: string, namespace: string, spec: object): string =>
  `kubectl apply -f - <<< '${JSON.stringify({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec,
  })}'`
const DB = {
  podSelector: { matchLabels: { app: 'db' } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'front' } } }], ports: [{ port: 80 }] }],
}
const ROBOT = '-n office --serviceaccount=office:ci'
const APISERVER = '/etc/kubernetes/manifests/kube-apiserver.yaml'

/** Replaces the probe of the first container of web. */
const probe = (kind: 'liveness' | 'readiness', value: object): string =>
  `kubectl patch deployment web --type=json -p '${JSON.stringify([
    { op: 'replace', path: `/spec/template/spec/containers/0/${kind}Probe`, value },
  ])}'; sleep 90`
const exec = (...command: readonly string[]): object => ({ exec: { command } })

/** Keeps web from the control plane, which its constraint then does not count. */
const AFFINITY = `kubectl patch deployment web --type=json -p '${JSON.stringify([
  {
    op: 'add',
    path: '/spec/template/spec/affinity',
    value: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            {
              matchExpressions: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'DoesNotExist' }],
            },
          ],
        },
      },
    },
  },
])}'; sleep 90`

/** Replaces the command of the first container of web. */
const command = (...words: readonly string[]): string =>
  `kubectl patch deployment web --type=json -p '${JSON.stringify([
    { op: 'replace', path: '/spec/template/spec/containers/0/command', value: words },
  ])}'; sleep 90`
/** Makes the Job report anew, with another command. */
const report = (words: string): string =>
  `sed -i 's#\\[wc.*#${words}#' report.yaml; kubectl replace --force -f report.yaml; sleep 60`

/** Repairs as somebody else would make them, at seed 0. */
const RIGHT: readonly (readonly [lesson: string, ...lines: readonly string[]])[] = [
  [
    'autoscaler-without-requests',
    // a container with a limit and no request requests its limit
    'kubectl set resources deployment web --limits=cpu=100m; sleep 120',
  ],
  ['readiness-port', probe('readiness', { tcpSocket: { port: 80 }, periodSeconds: 5 })],
  ['readiness-port', probe('readiness', exec('curl', '-fs', 'http://localhost/'))],
  ['liveness-loop', probe('liveness', { tcpSocket: { port: 80 } })],
  ['liveness-loop', probe('liveness', { httpGet: { path: '/index.html', port: 80 }, failureThreshold: 5 })],
  ['liveness-loop', probe('liveness', exec('sh', '-c', 'wget -qO- http://localhost:80/ >/dev/null'))],
  ['removed-api', "sed -i 's#v1beta1#v1#' budget.yaml; kubectl create -f budget.yaml"],
  ['removed-api', "sed -i 's#v1beta1#v1#' budget.yaml; kubectl apply --server-side -f budget.yaml"],
  ['strict-spread', AFFINITY],
  [
    'other-namespace',
    'kubectl label namespace front team=front',
    `kubectl patch networkpolicy db -n shop --type=json -p '[{"op":"add",` +
      `"path":"/spec/ingress/0/from/0/namespaceSelector","value":{"matchLabels":{"team":"front"}}}]'`,
  ],
  [
    'cluster-admin-account',
    'kubectl create clusterrole deploys --verb=get,list,patch --resource=deployments',
    `kubectl create rolebinding deploys --clusterrole=deploys ${ROBOT}`,
    'kubectl delete clusterrolebinding ci',
  ],
  [
    'wrong-namespace',
    'kubectl create clusterrole pods --verb=get,list --resource=pods',
    'kubectl create rolebinding jane -n office --clusterrole=pods --user=jane',
  ],
  ['always-allow', `sed -i 's#authorization-mode=.*#authorization-mode=RBAC,Node#' ${APISERVER}; sleep 20`],
  ['oom-killed', 'kubectl set resources deployment web --limits=memory=600M; sleep 90'],
  ['limit-range', 'kubectl set resources deployment web --limits=memory=250M; sleep 60'],
  [
    'T1-config',
    'kubectl create configmap settings -n kube-public',
    'kubectl create configmap settings --from-literal=mode=fast',
  ],
  // whoever tries out what failed before leaves a pod of that name behind
  [
    'webhook',
    'kubectl delete validatingwebhookconfiguration guard; kubectl rollout restart deployment web',
    'kubectl run probe --image=nginx',
  ],
  ['failed-job', report('[sh, -c, "cat /etc/passwd | wc -l"]')],
  ['misspelt-command', command('sleep', '1d')],
  ['misspelt-command', command('sh', '-c', 'sleep 86400')],
]

/** Repairs that somebody else might take for right. */
const WRONG: typeof RIGHT = [
  ['readiness-port', probe('readiness', exec('ls', '/'))],
  ['readiness-port', probe('readiness', exec('sh', '-c', 'curl -s http://localhost/ || true'))],
  ['liveness-loop', probe('liveness', exec('sh', '-c', 'curl -s http://localhost/ || true'))],
  ['liveness-loop', probe('liveness', { tcpSocket: { port: 80 }, initialDelaySeconds: 99_999 })],
  ['liveness-loop', probe('liveness', { httpGet: { path: '/', port: 80 }, periodSeconds: 3_600 })],
  ['autoscaler-without-requests', 'kubectl set resources deployment web --limits=cpu=1; sleep 120'],
  [
    'removed-api',
    "sed -i 's#v1beta1#v1#' budget.yaml",
    'kubectl create poddisruptionbudget web --selector=app=web --min-available=0',
  ],
  ['removed-api', "sed -i 's#v1beta1#v1#' budget.yaml; kubectl apply -n kube-system -f budget.yaml"],
  ['strict-spread', 'kubectl cordon control-plane; kubectl rollout restart deployment web; sleep 90'],
  [
    'other-namespace',
    'kubectl label namespace front team=front; kubectl label namespace default team=front',
    `kubectl patch networkpolicy db -n shop --type=json -p '[{"op":"add",` +
      `"path":"/spec/ingress/0/from/0/namespaceSelector","value":{"matchLabels":{"team":"front"}}}]'`,
  ],
  [
    'cluster-admin-account',
    'kubectl create clusterrole deploys --verb=get,list,patch --resource=deployments',
    'kubectl create clusterrolebinding deploys --clusterrole=deploys --serviceaccount=office:ci',
    'kubectl delete clusterrolebinding ci',
  ],
  [
    'cluster-admin-account',
    // what joins view gives everybody who may view
    'kubectl create clusterrole deploys --verb=get,list,patch --resource=deployments',
    'kubectl label clusterrole deploys rbac.authorization.k8s.io/aggregate-to-view=true',
    `kubectl create rolebinding deploys --clusterrole=deploys ${ROBOT}`,
    'kubectl delete clusterrolebinding ci; sleep 5',
  ],
  [
    'wrong-namespace',
    'kubectl create role reader -n office --verb=get,list --resource=pods',
    'kubectl create rolebinding jane -n office --role=reader --user=jane --group=ops',
  ],
  [
    'default-deny',
    // a pod without labels is a pod, too
    policy('deny', 'shop', { podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }),
    policy('db', 'shop', DB),
  ],
  ['always-allow', `sed -i 's#authorization-mode=.*#authorization-mode=RBAC#' ${APISERVER}; sleep 20`],
  ['oom-killed', 'kubectl set resources deployment web --limits=memory=1100Mi; sleep 90'],
  ['failed-job', report('[echo, wc, -l, /etc/passwd]')],
  ['failed-job', report('[wc, -l, /etc/group]')],
  ['misspelt-command', command('sleep', 'infinity')],
]

async function judged(id: string, lines: readonly string[]): Promise<readonly string[]> {
  const { lesson, ...desk } = await openLesson(id)
  const { exitCode, stderr } = await desk.master.sh(lines.join('\n'))
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
  const { goals, broken } = await judge(lesson, desk)
  return [
    ...goals
      .filter(({ isReached }) => !isReached)
      .map(({ text, missing }) => [text.en, ...missing].join(': ')),
    ...broken.map(({ text }) => text.en),
  ]
}

test.each(RIGHT)('another right repair of %s is credited', async (id, ...lines) => {
  expect(await judged(id, lines)).toEqual([])
})

test.each(WRONG)('another wrong repair of %s is not', async (id, ...lines) => {
  expect(await judged(id, lines)).not.toEqual([])
})
