import type { SimCluster } from '../../../cluster/sim-cluster.js'
import { goal, podsOf } from '../goals.js'
import { changing, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { applied, deployment, lines, patch, PROBE, sleeper, told, namespaceOf, within } from '../shared.js'

const isOpen = (cluster: SimCluster, from: string, to: string, port: number): boolean =>
  cluster.network.connect({ from, to, port }).outcome !== 'timeout'

/** What the restricted Pod Security Standard asks of a container. */
const RESTRICTED = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  runAsUser: 1000,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
}

/** A NetworkPolicy of a namespace, applied. */
const policy = (namespace: string, spec: object, name = 'deny'): string =>
  applied({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec })

/** Chapter 6 and 7: namespaces that are open to all. */
export const isolationLessons: readonly LessonSource[] = [
  lesson('default-deny', 'medium', 6, (draw) => {
    const shop = draw.one('shop', 'team', 'login')
    return {
      exams: ['cks', 'cka'],
      texts: {
        ko: told(
          '아무나 들어오는 네임스페이스',
          `네임스페이스 ${shop}에서는 누구나 어느 포드에나 접속할 수 있습니다. front만 db의 80번 포트에 닿고, 그 밖의 들어오는 연결은 모두 막아 ` +
            '주세요. 나중에 생길 포드도 마찬가지입니다.',
          [
            '빈 podSelector는 네임스페이스의 모든 포드를 선택합니다. 들어오는 것을 모두 막는 정책부터 만드세요.',
            'policyTypes: [Ingress]이고 ingress가 없으면 아무것도 허용하지 않습니다.',
            'app=front에서 app=db로 가는 80번 포트를 허용하는 정책을 하나 더 만드세요. 정책은 더해집니다.',
          ],
          '어떤 정책도 선택하지 않은 포드는 모두에게 열려 있습니다. 모두 막는 정책 위에 필요한 것만 허용하는 정책을 더하는 것이 순서입니다.',
        ),
        en: told(
          'A namespace that anybody enters',
          `In the namespace ${shop} anybody may connect to any pod. Let front reach port 80 of db, and ` +
            `close every other incoming connection, also for pods to come.`,
          [
            'An empty podSelector selects all pods of the namespace: begin with a policy that allows ' +
              'nothing in.',
            'policyTypes: [Ingress] without ingress allows nothing.',
            'Add a policy that allows app=front to reach port 80 of app=db. Policies add up.',
          ],
          'A pod that no policy selects is open to everybody. Close everything first, then allow what is ' +
            'needed.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([namespaceOf(shop), namespaceOf('elsewhere')])
        cluster.settle()
        cluster.apply([
          ...['front', 'db', 'stranger'].map((app) => ({
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: app, namespace: shop, labels: { app } },
            spec: { containers: [{ name: 'c', image: 'nginx' }] },
          })),
          sleeper('front', { app: 'front' }, 'elsewhere'),
        ])
        cluster.settle()
      },
      shows: {
        run:
          `kubectl exec -n ${shop} stranger -- nc -z -w 2 $(kubectl get pod db -n ${shop} -o ` +
          `jsonpath={.status.podIP}) 80 && echo open`,
        prints: /open/,
      },
      goals: [
        goal(
          'front reaches port 80 of db, also after it was replaced.',
          'front는 다시 만들어져도 db의 80번 포트에 닿습니다.',
          ({ cluster }) => {
            cluster.kubectl(`delete pod front -n ${shop}`)
            cluster.apply([sleeper('front', { app: 'front' }, shop)])
            return cluster.settle().network.connect({ from: `${shop}/front`, to: `${shop}/db`, port: 80 })
              .connected
          },
        ),
        goal(
          `No other connection into ${shop} is possible, to no pod that there is or will be.`,
          `${shop}의 어떤 포드로도, 앞으로 생길 포드로도 다른 연결은 할 수 없습니다.`,
          ({ cluster }) => {
            cluster.apply([
              sleeper('latecomer', { app: 'latecomer' }, shop),
              sleeper('nameless', {}, shop),
              sleeper('other', { app: 'front' }, 'default'),
            ])
            cluster.settle()
            const pods = [
              `${shop}/stranger`,
              `${shop}/latecomer`,
              `${shop}/nameless`,
              'elsewhere/front',
              'default/other',
              `${shop}/front`,
              `${shop}/db`,
            ]
            return pods.flatMap((from) =>
              ['front', 'db', 'stranger', 'latecomer', 'nameless'].flatMap((name) =>
                [80, 443, 5432].flatMap((port) => {
                  const to = `${shop}/${name}`
                  const isWanted = from === `${shop}/front` && name === 'db' && port === 80
                  return !isWanted && from !== to && isOpen(cluster, from, to, port)
                    ? [`${from} reaches ${to}:${port}`]
                    : []
                }),
              ),
            )
          },
        ),
        goal(
          'Pods may still connect to the outside.',
          '포드는 여전히 밖으로 접속할 수 있습니다.',
          ({ cluster }) =>
            cluster.settle().network.connect({ from: `${shop}/db`, to: 'kubernetes.default', port: 443 })
              .connected,
        ),
        keepsTheRest(),
      ],
      solution: `cat <<EOF | kubectl apply -f -
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny, namespace: ${shop} }
spec: { podSelector: {}, policyTypes: [Ingress] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: ${shop} }
spec:
  podSelector: { matchLabels: { app: db } }
  ingress:
  - from: [{ podSelector: { matchLabels: { app: front } } }]
    ports: [{ port: 80 }]
EOF`,
      wrongRepairs: [
        `kubectl delete pod stranger -n ${shop}`,
        policy(shop, { podSelector: {}, policyTypes: ['Ingress'] }),
        policy(shop, {
          podSelector: {},
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: {} }] }],
        }),
        policy(shop, {
          podSelector: { matchLabels: { app: 'db' } },
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'front' } } }], ports: [{ port: 80 }] }],
        }),
        lines(
          policy(shop, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
          policy(
            shop,
            {
              podSelector: { matchLabels: { app: 'db' } },
              ingress: [
                { from: [{ podSelector: { matchLabels: { app: 'front' } } }], ports: [{ port: 80 }] },
              ],
            },
            'db',
          ),
        ),
        lines(
          policy(shop, { podSelector: {}, policyTypes: ['Ingress'] }),
          policy(
            shop,
            {
              podSelector: { matchLabels: { app: 'db' } },
              ingress: [
                {
                  from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'front' } } }],
                  ports: [{ port: 80 }],
                },
              ],
            },
            'db',
          ),
        ),
      ],
    }
  }),
  lesson('metadata-egress', 'medium', 5, (draw) => {
    const client = draw.one('client', 'gateway', 'frontend')
    const METADATA = '169.254.169.254'
    return {
      exams: ['cks'],
      options: {
        nodes: 2,
        network: {
          outside: {
            'metadata.internal': { ip: METADATA, ports: [80] },
            'example.com': { ip: '203.0.113.7', ports: [443] },
          },
        },
      },
      texts: {
        ko: told(
          '클라우드의 비밀을 읽는 포드',
          `포드 ${client}는 클라우드의 메타데이터(${METADATA})에서 노드의 자격 증명을 읽을 수 있습니다. 그곳만 막고, 나가는 다른 연결은 모두 그대로 ` +
            '두세요. 이 네임스페이스의 모든 포드에 적용되어야 합니다.',
          [
            'ipBlock은 except로 주소를 뺄 수 있습니다.',
            `egress: to ipBlock cidr 0.0.0.0/0 except ${METADATA}/32`,
            '빈 podSelector는 네임스페이스의 모든 포드를 선택합니다.',
          ],
          '정책에는 "막기"가 없습니다. 모두 허용하되 그 주소를 뺀 규칙을 쓰면, 선택된 포드에게 나머지는 막힌 것이 됩니다.',
        ),
        en: told(
          'A pod that reads the secrets of the cloud',
          `The pod ${client} can read the credentials of its node from the metadata of the cloud ` +
            `(${METADATA}). Close that address, and nothing else that leaves, for all pods of this ` +
            `namespace.`,
          [
            'An ipBlock can leave out addresses with except.',
            `egress: to ipBlock cidr 0.0.0.0/0 except ${METADATA}/32`,
            'An empty podSelector selects all pods of the namespace.',
          ],
          'A policy cannot say "deny". A rule that allows everything except that address closes it for ' +
            'the pods that are selected.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([sleeper(client, { app: client }), deployment('db', {})])
        cluster.settle()
      },
      shows: { run: `kubectl exec ${client} -- nc -z -w 2 ${METADATA} 80 && echo open`, prints: /open/ },
      goals: [
        goal(
          `No pod of default reaches ${METADATA}.`,
          `default의 어느 포드도 ${METADATA}에 닿지 못합니다.`,
          ({ cluster }) => {
            cluster.apply([sleeper('latecomer')])
            cluster.settle()
            return [`default/${client}`, 'default/latecomer'].flatMap((from) =>
              [80, 443]
                .filter((port) => isOpen(cluster, from, METADATA, port))
                .map((port) => `${from} reaches port ${port}`),
            )
          },
        ),
        goal(
          'Everything else that leaves is as open as before.',
          '나가는 다른 연결은 모두 전과 같습니다.',
          ({ cluster }) => {
            cluster.settle()
            const [db] = podsOf(cluster, 'db')
            return (
              [
                ['203.0.113.7', 443],
                ['kubernetes.default', 443],
                [`default/${db?.metadata.name ?? ''}`, 80],
              ] as const
            ).flatMap(([to, port]) =>
              cluster.network.connect({ from: `default/${client}`, to, port }).outcome === 'timeout'
                ? [`${to}:${port} is closed`]
                : [],
            )
          },
        ),
        goal('Nobody is kept from coming in.', '들어오는 연결은 막지 않았습니다.', ({ cluster }) => {
          const [db] = podsOf(cluster.settle(), 'db')
          return cluster.network.connect({
            from: { node: 'node-1' },
            to: `default/${db?.metadata.name ?? ''}`,
            port: 80,
          }).connected
        }),
        keepsTheRest(),
      ],
      solution: policy('default', {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [`${METADATA}/32`] } }] }],
      }),
      wrongRepairs: [
        policy('default', { podSelector: {}, policyTypes: ['Egress'] }),
        policy('default', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
        }),
        policy('default', {
          podSelector: { matchLabels: { app: client } },
          policyTypes: ['Egress'],
          egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [`${METADATA}/32`] } }] }],
        }),
        policy('default', {
          podSelector: {},
          policyTypes: ['Ingress', 'Egress'],
          egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [`${METADATA}/32`] } }] }],
        }),
        `kubectl delete pod ${client}`,
        policy('default', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }],
        }),
      ],
    }
  }),
  lesson('restricted-namespace', 'medium', 6, (draw) => {
    const [web, team] = [draw.app(), draw.one('secure', 'vault', 'payments')]
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '보안 표준에 걸린 배포',
          `네임스페이스 ${team}은 Pod Security의 restricted 표준을 강제합니다. 디플로이먼트 ${web}에는 포드가 하나도 없습니다. 표준은 그대로 ` +
            '두고 디플로이먼트를 고치세요.',
          [
            `kubectl describe replicaset -n ${team}: 위반한 것이 모두 적혀 있습니다.`,
            'allowPrivilegeEscalation, capabilities, runAsNonRoot, seccompProfile',
            'root가 아닌 UID로 실행하게 하세요(runAsUser).',
          ],
          'restricted는 컨테이너가 네 가지를 스스로 선언하기를 요구합니다. 네임스페이스의 레이블을 낮추면 모두의 보호가 사라집니다.',
        ),
        en: told(
          'A Deployment that the standard refuses',
          `The namespace ${team} enforces the restricted Pod Security Standard, and the Deployment ` +
            `${web} has no pod at all. Keep the standard and correct the Deployment.`,
          [
            `kubectl describe replicaset -n ${team} lists every violation.`,
            'allowPrivilegeEscalation, capabilities, runAsNonRoot, seccompProfile',
            'Let it run as a UID other than root (runAsUser).',
          ],
          'restricted wants four settings on every container. A lower label on the namespace would take ' +
            'the protection from everybody.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([namespaceOf(team, { 'pod-security.kubernetes.io/enforce': 'restricted' })])
        cluster.settle()
        cluster.apply([within(team, deployment(web, { image: 'busybox', command: ['sleep', '100000'] }))])
        cluster.advance('30s')
      },
      shows: { run: `kubectl get deployment ${web} -n ${team}`, prints: /0\/2/ },
      goals: [
        goal(
          `Two pods of ${web} run in ${team}, all are ready.`,
          `${team}에서 ${web}의 포드 둘이 실행되고 모두 준비되어 있습니다.`,
          ({ cluster }) => {
            const found = () =>
              cluster.state.peek('deployments', { namespace: team, fieldSelector: `metadata.name=${web}` })[0]
            const isReady = (): boolean =>
              found()?.status?.readyReplicas === 2 && found()?.status?.updatedReplicas === 2
            if (!cluster.internals.until(isReady, '5m')) return false
            cluster.advance('1m')
            return isReady()
          },
        ),
        goal(
          `${team} still refuses pods that are not restricted.`,
          `${team}은 여전히 restricted가 아닌 포드를 거부합니다.`,
          ({ cluster }) => cluster.kubectl(`run ${PROBE} --image=nginx -n ${team}`).exitCode !== 0,
        ),
        keepsTheRest({
          [`deployments/${team}/${web}`]: changing(
            'spec.template.spec.securityContext',
            'spec.template.spec.containers.*.securityContext',
          ),
        }),
      ],
      solution: lines(
        patch(`deployment ${web} -n ${team}`, {
          spec: { template: { spec: { containers: [{ name: web, securityContext: RESTRICTED }] } } },
        }),
        'sleep 60',
      ),
      wrongRepairs: [
        lines(
          `kubectl label namespace ${team} pod-security.kubernetes.io/enforce-`,
          `kubectl rollout restart deployment ${web} -n ${team}`,
          'sleep 60',
        ),
        lines(
          `kubectl label namespace ${team} pod-security.kubernetes.io/enforce=baseline --overwrite`,
          `kubectl rollout restart deployment ${web} -n ${team}`,
          'sleep 60',
        ),
        lines(
          patch(`deployment ${web} -n ${team}`, {
            spec: {
              template: {
                spec: {
                  containers: [
                    { name: web, securityContext: { ...RESTRICTED, capabilities: { drop: ['NET_RAW'] } } },
                  ],
                },
              },
            },
          }),
          'sleep 60',
        ),
        lines(`kubectl create deployment ${web} --image=busybox --replicas=2 -- sleep 100000`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} -n ${team} --replicas=0`, 'sleep 60'),
      ],
    }
  }),
]
