import type { SimCluster } from '../../cluster/sim-cluster.js'
import { comesUp, goal, isUp, podsOf, templateOf } from './goals.js'
import { changing, gone, keepsTheRest } from './kept.js'
import { mayOnly } from './rights.js'
import { lesson, type LessonSource } from './lesson.js'
import { MANIFESTS, deployment, jsonPatch, lines, patch, sleeper, told } from './shared.js'

const namespaceOf = (name: string, labels: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
})
/** A Deployment outside of default. */
const within = (namespace: string, object: object): object => {
  const { metadata } = object as { readonly metadata: object }
  return { ...object, metadata: { ...metadata, namespace } }
}
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

/** Chapter 6 and 7: clusters that give away too much. */
export const hardeningLessons: readonly LessonSource[] = [
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
              sleeper('other', { app: 'front' }, 'default'),
            ])
            cluster.settle()
            const pods = [
              `${shop}/stranger`,
              `${shop}/latecomer`,
              'elsewhere/front',
              'default/other',
              `${shop}/front`,
              `${shop}/db`,
            ]
            return pods.flatMap((from) =>
              ['front', 'db', 'stranger', 'latecomer'].flatMap((name) =>
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
          ({ cluster }) => cluster.kubectl(`run probe --image=nginx -n ${team}`).exitCode !== 0,
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
  lesson('cluster-admin-account', 'medium', 6, (draw) => {
    const [account, team] = [draw.one('ci', 'deployer', 'robot'), draw.one('office', 'finance', 'sales')]
    const user = `system:serviceaccount:${team}:${account}`
    const listed = ['get', 'list', 'patch'].map((verb) => ({
      verb,
      resource: 'deployments.apps',
      namespace: team,
    }))
    return {
      exams: ['cks', 'cka'],
      texts: {
        ko: told(
          '무엇이든 할 수 있는 로봇',
          `서비스 계정 ${account}(네임스페이스 ${team})는 ${team}의 디플로이먼트를 조회(get, list)하고 고치기만(patch) 하면 되는데 ` +
            `cluster-admin입니다. ` +
            '필요한 만큼만 남기세요.',
          [
            'kubectl get clusterrolebindings -o wide | grep cluster-admin',
            `${team}에 롤과 롤바인딩을 만들고, 넓은 바인딩은 지우세요.`,
            `kubectl create role ${account} -n ${team} --verb=get,list,patch --resource=deployments.apps`,
          ],
          '계정의 토큰은 그 포드에 들어온 누구나 읽을 수 있습니다. 권한은 실제로 하는 일, 하는 곳까지만 주어야 합니다.',
        ),
        en: told(
          'A robot that may do anything',
          `The service account ${account} (namespace ${team}) only has to get, list and patch the ` +
            `Deployments of ${team}, yet it is cluster-admin. Leave it what it needs.`,
          [
            'kubectl get clusterrolebindings -o wide | grep cluster-admin',
            `Create a role and a role binding in ${team}, and delete the wide binding.`,
            `kubectl create role ${account} -n ${team} --verb=get,list,patch --resource=deployments.apps`,
          ],
          'Whoever gets into a pod can read the token of its account. Grant what it does, where it does ' +
            'it, and no more.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([namespaceOf(team)])
        cluster.settle()
        cluster.kubectl(`create serviceaccount ${account} -n ${team}`)
        cluster.kubectl(
          `create clusterrolebinding ${account} --clusterrole=cluster-admin ` +
            `--serviceaccount=${team}:${account}`,
        )
        cluster.apply([within(team, deployment('app', {}, { serviceAccountName: account }))])
        cluster.settle()
      },
      shows: { run: `kubectl auth can-i '*' '*' --as=${user}`, prints: /^yes/ },
      goals: [
        ...mayOnly(user, listed, 'revoked'),
        goal(
          `${account} may not even look outside of ${team}.`,
          `${account}는 ${team} 밖을 조회할 수도 없습니다.`,
          ({ cluster }) =>
            ['default', 'kube-system'].flatMap((namespace) =>
              cluster.kubectl(`auth can-i list deployments.apps -n ${namespace} --as=${user}`).exitCode === 0
                ? [namespace]
                : [],
            ),
        ),
        keepsTheRest({
          [`clusterrolebindings/${account}`]: gone,
          [`roles/${team}/*`]: gone,
          [`rolebindings/${team}/*`]: gone,
        }),
      ],
      solution: lines(
        `kubectl create role ${account} -n ${team} --verb=get,list,patch --resource=deployments.apps`,
        `kubectl create rolebinding ${account} -n ${team} --role=${account} ` +
          `--serviceaccount=${team}:${account}`,
        `kubectl delete clusterrolebinding ${account}`,
      ),
      wrongRepairs: [
        `kubectl delete clusterrolebinding ${account}`,
        lines(
          `kubectl delete clusterrolebinding ${account}`,
          `kubectl create rolebinding ${account} -n ${team} --clusterrole=edit ` +
            `--serviceaccount=${team}:${account}`,
        ),
        lines(
          `kubectl delete clusterrolebinding ${account}`,
          `kubectl create rolebinding ${account} -n ${team} --clusterrole=cluster-admin ` +
            `--serviceaccount=${team}:${account}`,
        ),
        lines(
          `kubectl create role ${account} -n ${team} --verb=get,list,patch --resource=deployments.apps`,
          `kubectl create rolebinding ${account} -n ${team} --role=${account} ` +
            `--serviceaccount=${team}:${account}`,
        ),
        lines(
          `kubectl create role ${account} -n ${team} --verb=get,list,patch,delete ` +
            `--resource=deployments.apps`,
          `kubectl create rolebinding ${account} -n ${team} --role=${account} ` +
            `--serviceaccount=${team}:${account}`,
          `kubectl delete clusterrolebinding ${account}`,
        ),
        `kubectl delete serviceaccount ${account} -n ${team}`,
      ],
    }
  }),
  lesson('anonymous-access', 'easy', 4, (draw) => {
    const name = draw.one('monitoring', 'dashboard', 'health')
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '이름 없는 손님',
          '자격 증명 없이도 포드의 목록을 볼 수 있다는 신고가 들어왔습니다. 이름을 밝히지 않은 사람이 얻은 권한을 없애세요. 공개된 ' +
            '/version과 /healthz는 그대로 두세요.',
          [
            'kubectl get clusterrolebindings -o wide | grep -E "system:(anonymous|unauthenticated)"',
            'system:public-info-viewer는 원래 있는 것입니다.',
          ],
          '누군가 편하려고 system:unauthenticated에 롤을 연결했습니다. 401 대신 권한이 생기므로, 포트에 닿는 누구나 읽을 수 있었습니다.',
        ),
        en: told(
          'Guests without a name',
          'Somebody reports that the list of pods can be read without credentials. Take away what ' +
            'nameless callers have got. /version and /healthz are public and stay so.',
          [
            'kubectl get clusterrolebindings -o wide | grep -E "system:(anonymous|unauthenticated)"',
            'system:public-info-viewer has always been there.',
          ],
          'Somebody bound a role to system:unauthenticated for convenience. So whoever reached the port ' +
            'could read.',
        ),
      },
      start: ({ cluster }) => {
        cluster.kubectl(`create clusterrolebinding ${name} --clusterrole=view --group=system:unauthenticated`)
      },
      shows: {
        run: 'curl -sk -o /dev/null -w "%{http_code}\\n" https://10.0.0.10:6443/api/v1/pods',
        prints: /200/,
      },
      goals: [
        goal(
          'Nameless callers are refused everything that they were not always allowed.',
          '이름을 밝히지 않은 사람은 원래 허용되던 것 말고는 모두 거부됩니다.',
          ({ cluster }) =>
            [
              ['list', 'pods'],
              ['list', 'secrets'],
              ['get', 'configmaps'],
              ['list', 'services'],
              ['list', 'deployments.apps'],
            ].flatMap(([verb = '', resource = '']) =>
              cluster.can({ user: 'system:anonymous', groups: ['system:unauthenticated'] }, verb, resource, {
                namespace: 'default',
              }).allowed
                ? [`${verb} ${resource}`]
                : [],
            ),
        ),
        goal(
          '/version is still public.',
          '/version은 여전히 공개되어 있습니다.',
          async ({ master }) =>
            (await master.sh('curl -sk -o /dev/null -w "%{http_code}" https://10.0.0.10:6443/version'))
              .stdout === '200',
        ),
        keepsTheRest({ [`clusterrolebindings/${name}`]: gone }),
      ],
      solution: `kubectl delete clusterrolebinding ${name}`,
      wrongRepairs: [
        'kubectl delete clusterrolebinding system:public-info-viewer',
        lines(
          `kubectl delete clusterrolebinding ${name}`,
          'kubectl delete clusterrolebinding system:public-info-viewer',
        ),
        `kubectl create clusterrolebinding other --clusterrole=view --user=system:anonymous`,
        'kubectl delete clusterrole view',
        lines(
          `kubectl delete clusterrolebinding ${name}`,
          `kubectl create clusterrolebinding ${name} --clusterrole=edit --user=system:anonymous`,
        ),
      ],
    }
  }),
  lesson('always-allow', 'medium', 5, (draw) => {
    const user = draw.one('jane', 'ellen', 'dan')
    return {
      exams: ['cks', 'cka'],
      texts: {
        ko: told(
          '모두가 관리자인 클러스터',
          `권한을 받은 적이 없는 ${user}가 시크릿을 지울 수 있습니다. 롤과 바인딩은 모두 맞습니다.`,
          [
            `kubectl auth can-i delete secrets --as=${user}`,
            `grep authorization ${MANIFESTS}/kube-apiserver.yaml`,
            'kubeadm의 기본값은 Node,RBAC입니다. 고치면 apiserver가 몇 초 동안 자리를 비웁니다.',
          ],
          'authorization-mode가 AlwaysAllow라서 아무도 롤을 확인하지 않았습니다. 모드는 적힌 순서대로 묻고, 하나라도 허용하면 허용입니다.',
        ),
        en: told(
          'A cluster of administrators',
          `${user} has never been granted anything, and can delete Secrets. Roles and bindings are right.`,
          [
            `kubectl auth can-i delete secrets --as=${user}`,
            `grep authorization ${MANIFESTS}/kube-apiserver.yaml`,
            "kubeadm's default is Node,RBAC. After the change the apiserver is away for some seconds.",
          ],
          'With authorization-mode AlwaysAllow nobody looks at roles. Modes are asked in order, and one ' +
            'that allows is enough.',
        ),
      },
      start: ({ cluster, master }) =>
        master
          .sh(
            `sed -i 's#=Node,RBAC#=${draw.one('AlwaysAllow', 'Node,RBAC,AlwaysAllow')}#' ` +
              `${MANIFESTS}/kube-apiserver.yaml`,
          )
          .then(() => cluster.settle()),
      shows: { run: `kubectl auth can-i delete secrets --as=${user}`, prints: /^yes/ },
      goals: [
        goal(
          `${user} may do nothing.`,
          `${user}에게는 아무 권한도 없습니다.`,
          ({ cluster }) =>
            cluster.internals.until(() => cluster.apiserver.running, '2m') &&
            ['delete secrets', 'list pods', 'create pods', 'get nodes'].every(
              (what) => cluster.kubectl(`auth can-i ${what} --as=${user}`).exitCode !== 0,
            ),
        ),
        goal(
          'Administrators and kubelets still have their rights.',
          '관리자와 kubelet의 권한은 그대로입니다.',
          ({ cluster }) =>
            cluster.internals.until(() => cluster.apiserver.running, '2m') &&
            cluster.kubectl('get secrets -A').exitCode === 0 &&
            cluster.kubectl('auth can-i get nodes/node-1 --as=system:node:node-1 --as-group=system:nodes')
              .exitCode === 0,
        ),
        keepsTheRest(),
      ],
      solution: lines(
        `sed -i 's#authorization-mode=.*#authorization-mode=Node,RBAC#' ` +
          `${MANIFESTS}/kube-apiserver.yaml`,
        'sleep 10',
      ),
      wrongRepairs: [
        lines(
          `sed -i 's#authorization-mode=.*#authorization-mode=RBAC#' ${MANIFESTS}/kube-apiserver.yaml`,
          'sleep 10',
        ),
        lines(
          `sed -i 's#authorization-mode=.*#authorization-mode=AlwaysDeny#' ` +
            `${MANIFESTS}/kube-apiserver.yaml`,
          'sleep 10',
        ),
        lines(`sed -i '/authorization-mode/d' ${MANIFESTS}/kube-apiserver.yaml`, 'sleep 10'),
        'kubectl delete secrets --all',
        `rm ${MANIFESTS}/kube-apiserver.yaml`,
      ],
    }
  }),
  lesson('token-automount', 'easy', 4, (draw) => {
    const web = draw.app()
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '필요 없는 토큰',
          `${web}는 apiserver를 쓰지 않는데 모든 포드에 서비스 계정의 토큰이 들어 있습니다. ${web}의 포드에서만 없애 주세요.`,
          [
            `kubectl exec deployment/${web} -- ls /var/run/secrets/kubernetes.io/serviceaccount`,
            '포드 템플릿의 automountServiceAccountToken',
          ],
          '쓰지 않는 토큰은 침입자에게 주는 선물입니다. 계정 전체가 아니라 포드 템플릿에서 끄면 다른 포드는 그대로입니다.',
        ),
        en: told(
          'A token that nobody needs',
          `${web} does not use the apiserver, yet each of its pods has a token of its service account. ` +
            `Take it from the pods of ${web} only.`,
          [
            `kubectl exec deployment/${web} -- ls /var/run/secrets/kubernetes.io/serviceaccount`,
            'automountServiceAccountToken in the pod template',
          ],
          'A token that is not used is a present for intruders. Turned off in the pod template, other ' +
            'pods keep theirs.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, {}), sleeper('operator')])
        cluster.settle()
      },
      shows: {
        run: `kubectl exec deployment/${web} -- ls /var/run/secrets/kubernetes.io/serviceaccount`,
        prints: /token/,
      },
      goals: [
        isUp(web),
        goal(
          `No pod of ${web} has a token.`,
          `${web}의 어느 포드에도 토큰이 없습니다.`,
          (desk) =>
            comesUp(desk, web, 2) &&
            podsOf(desk.cluster, web).every(({ spec }) =>
              (spec.volumes ?? []).every(
                ({ projected, secret }) =>
                  secret === undefined &&
                  projected?.sources?.every(
                    ({ serviceAccountToken }) => serviceAccountToken === undefined,
                  ) !== false,
              ),
            ),
        ),
        keepsTheRest({ [`deployments/${web}`]: changing('spec.template.spec.automountServiceAccountToken') }),
      ],
      solution: lines(
        patch(`deployment ${web}`, { spec: { template: { spec: { automountServiceAccountToken: false } } } }),
        'sleep 60',
      ),
      wrongRepairs: [
        lines(
          `kubectl patch serviceaccount default -p '{"automountServiceAccountToken":false}'`,
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(
          `kubectl create serviceaccount bare`,
          `kubectl set serviceaccount deployment ${web} bare`,
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          patch(`deployment ${web}`, {
            spec: { template: { spec: { automountServiceAccountToken: true } } },
          }),
          'sleep 60',
        ),
        'kubectl delete serviceaccount default',
      ],
    }
  }),
  lesson('seccomp-profile', 'easy', 4, (draw) => {
    const web = draw.app()
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '거르지 않는 시스템 호출',
          `보안 점검에서 ${web}의 컨테이너가 seccomp 없이(Unconfined) 실행된다고 합니다. 런타임의 기본 프로필로 실행하게 하세요.`,
          [
            'kubectl get deployment -o yaml의 securityContext',
            '컨테이너의 설정이 포드의 설정보다 우선합니다.',
          ],
          '포드에는 RuntimeDefault가 있었지만 컨테이너가 Unconfined로 덮어썼습니다. 컨테이너의 설정이 우선합니다.',
        ),
        en: told(
          'System calls without a filter',
          `The security review says that the containers of ${web} run without seccomp (Unconfined). Let ` +
            `them run with the default profile of the runtime.`,
          [
            'The securityContext in kubectl get deployment -o yaml',
            'The setting of a container overrides that of the pod.',
          ],
          'The pod had RuntimeDefault, and the container overrode it with Unconfined. The container has ' +
            'the last word.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(
            web,
            { securityContext: { seccompProfile: { type: 'Unconfined' }, allowPrivilegeEscalation: false } },
            { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
          ),
        ])
        cluster.settle()
      },
      shows: {
        run: `kubectl get deployment ${web} -o jsonpath={..containers[*].securityContext}`,
        prints: /Unconfined/,
      },
      goals: [
        isUp(web),
        goal(
          `Each container of ${web} runs with RuntimeDefault.`,
          `${web}의 모든 컨테이너가 RuntimeDefault로 실행됩니다.`,
          (desk) =>
            comesUp(desk, web, 2) &&
            podsOf(desk.cluster, web).every(({ spec }) =>
              spec.containers.every(
                ({ securityContext }) =>
                  (securityContext?.seccompProfile ?? spec.securityContext?.seccompProfile)?.type ===
                  'RuntimeDefault',
              ),
            ),
        ),
        goal(
          'Privileges still cannot be escalated.',
          '권한 상승은 여전히 막혀 있습니다.',
          ({ cluster }) =>
            templateOf(cluster, web)?.containers.every(
              ({ securityContext }) =>
                securityContext?.allowPrivilegeEscalation === false && securityContext.privileged !== true,
            ) === true,
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing(
            'spec.template.spec.containers.*.securityContext.seccompProfile',
            'spec.template.spec.securityContext.seccompProfile',
          ),
        }),
      ],
      solution: lines(
        jsonPatch(`deployment ${web}`, [
          { op: 'remove', path: '/spec/template/spec/containers/0/securityContext/seccompProfile' },
        ]),
        'sleep 60',
      ),
      wrongRepairs: [
        lines(
          jsonPatch(`deployment ${web}`, [{ op: 'remove', path: '/spec/template/spec/securityContext' }]),
          'sleep 60',
        ),
        lines(
          jsonPatch(`deployment ${web}`, [
            { op: 'remove', path: '/spec/template/spec/containers/0/securityContext' },
          ]),
          'sleep 60',
        ),
        lines(
          patch(`deployment ${web}`, {
            spec: {
              template: { spec: { containers: [{ name: web, securityContext: { privileged: true } }] } },
            },
          }),
          'sleep 60',
        ),
        lines(
          jsonPatch(`deployment ${web}`, [
            {
              op: 'replace',
              path: '/spec/template/spec/containers/0/securityContext/seccompProfile',
              value: { type: 'Localhost', localhostProfile: 'x.json' },
            },
          ]),
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
      ],
    }
  }),
  lesson('privileged-container', 'easy', 4, (draw) => {
    const web = draw.app()
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '노드의 주인이 된 컨테이너',
          `${web}는 평범한 웹 서버인데 노드의 프로세스와 장치를 모두 볼 수 있습니다. 그럴 이유가 없는 설정을 모두 없애 주세요.`,
          [
            'kubectl get deployment -o yaml: host로 시작하는 것과 privileged',
            '세 가지가 있습니다: hostPID, hostNetwork, privileged',
          ],
          'privileged와 host 네임스페이스는 컨테이너를 노드의 root와 다름없게 만듭니다. 웹 서버에는 필요 없습니다.',
        ),
        en: told(
          'A container that owns its node',
          `${web} is an ordinary web server, yet it sees all processes and devices of its node. Remove ` +
            `every setting that allows it.`,
          [
            'kubectl get deployment -o yaml: what begins with host, and privileged',
            'There are three: hostPID, hostNetwork, privileged',
          ],
          "With privileged and the host's namespaces a container is as good as root on its node. A web " +
            'server needs none of it.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(
            web,
            { securityContext: { privileged: true } },
            { hostPID: true, hostNetwork: draw.one(true, false) },
          ),
        ])
        cluster.settle()
      },
      shows: { run: `kubectl get deployment ${web} -o yaml`, prints: /hostPID: true/ },
      goals: [
        isUp(web),
        goal(
          `The pods of ${web} are isolated from their nodes.`,
          `${web}의 포드가 노드와 격리되어 있습니다.`,
          (desk) =>
            comesUp(desk, web, 2) &&
            podsOf(desk.cluster, web).every(
              ({ spec }) =>
                spec.hostPID !== true &&
                spec.hostNetwork !== true &&
                spec.hostIPC !== true &&
                spec.containers.every(
                  ({ securityContext }) =>
                    securityContext?.privileged !== true &&
                    (securityContext?.capabilities?.add ?? []).length === 0,
                ),
            ),
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing(
            'spec.template.spec.hostPID',
            'spec.template.spec.hostNetwork',
            'spec.template.spec.containers.*.ports',
            'spec.template.spec.containers.*.securityContext',
          ),
        }),
      ],
      solution: lines(
        patch(`deployment ${web}`, {
          spec: {
            template: {
              spec: {
                hostPID: false,
                hostNetwork: false,
                containers: [{ name: web, securityContext: { privileged: false } }],
              },
            },
          },
        }),
        'sleep 60',
      ),
      wrongRepairs: [
        lines(patch(`deployment ${web}`, { spec: { template: { spec: { hostPID: false } } } }), 'sleep 60'),
        lines(
          patch(`deployment ${web}`, {
            spec: {
              template: {
                spec: {
                  hostPID: false,
                  hostNetwork: false,
                  containers: [
                    {
                      name: web,
                      securityContext: { privileged: false, capabilities: { add: ['SYS_ADMIN'] } },
                    },
                  ],
                },
              },
            },
          }),
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(`kubectl delete deployment ${web}`, 'sleep 30'),
        lines(
          patch(`deployment ${web}`, {
            spec: {
              template: {
                spec: {
                  hostPID: false,
                  hostNetwork: false,
                  hostIPC: true,
                  containers: [{ name: web, securityContext: { privileged: false } }],
                },
              },
            },
          }),
          'sleep 60',
        ),
      ],
    }
  }),
]

/** A NetworkPolicy of a namespace, applied. */
function policy(namespace: string, spec: object, name = 'deny'): string {
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec,
  }
  return `echo '${JSON.stringify(object)}' | kubectl apply -f -`
}
