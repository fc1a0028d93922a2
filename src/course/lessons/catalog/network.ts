import { goal } from '../goals.js'
import { changing, gone, keepsTheRest } from '../kept.js'
import { opensOnly } from '../reach.js'
import { lesson, type LessonSource } from '../lesson.js'
import { deployment, jsonPatch, lines, patch, sleeper } from '../shared.js'

/** Whether a connection got past the policies: refused by its end, or without a route, counts. */
const isLetThrough = (outcome: string): boolean => outcome !== 'timeout'

const PORTS = [22, 80, 443, 3306, 5432, 6379, 8080, 9153]

/** Chapter 7: network policies. */
export const networkLessons: readonly LessonSource[] = [
  lesson('dns-policy', 'medium', 6, (draw) => {
    const db = draw.one('db', 'cache', 'queue', 'store')
    const client = draw.one('client', 'gateway', 'frontend')
    return {
      exams: ['cka', 'cks'],
      options: { nodes: 2, addons: { coreDNS: true } },
      texts: {
        ko: {
          title: `이름을 모르는 ${client}`,
          symptom: `정책을 적용한 뒤로 ${client}가 ${db}를 이름으로 찾지 못합니다. ${client}는 ${db}에만 나갈 수 있어야 합니다.`,
          hints: [
            `kubectl exec ${client} -- wget -qO- -T 2 http://${db}`,
            `${db}의 주소로는 닿는데 이름을 찾지 못합니다.`,
            '이그레스 정책은 53번 포트(UDP와 TCP)도 허용해야 합니다.',
          ],
          explanation:
            `이그레스 정책이 ${client}를 선택한 순간 ${db} 말고는 모두 막혔고, DNS도 그 안에 있었습니다. 53번을 더해 주면 이름을 찾고, 나머지는 ` +
            '여전히 막혀 있습니다.',
        },
        en: {
          title: `A ${client} that cannot find its database`,
          symptom:
            `Since a policy was applied, ${client} does not find ${db} by its name. It should reach ` +
            `${db} and ` +
            'nothing else.',
          hints: [
            `kubectl exec ${client} -- wget -qO- -T 2 http://${db}`,
            `The address of ${db} can be reached; its name cannot be resolved.`,
            'An egress policy must allow port 53 (UDP and TCP) too.',
          ],
          explanation:
            `Once an egress policy selects ${client}, everything but ${db} is closed, and DNS with it. ` +
            `Allow ` +
            'port 53; the rest stays closed.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          sleeper(client, { app: client }),
          deployment(db, {}),
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: db },
            spec: { selector: { app: db }, ports: [{ port: 80 }] },
          },
          {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'NetworkPolicy',
            metadata: { name: 'only-db' },
            spec: {
              podSelector: { matchLabels: { app: client } },
              policyTypes: ['Egress'],
              egress: [{ to: [{ podSelector: { matchLabels: { app: db } } }] }],
            },
          },
        ])
        cluster.settle()
      },
      shows: {
        run: `kubectl exec ${client} -- wget -qO- -T 2 http://${db}`,
        prints: /bad address|exit code/,
      },
      goals: [
        goal(
          `${client} reaches ${db} by its name.`,
          `${client}가 ${db}에 이름으로 닿습니다.`,
          ({ cluster }) =>
            cluster.settle().network.connect({ from: `default/${client}`, to: db, port: 80 }).connected,
        ),
        goal(
          `${client} reaches nothing but ${db} and DNS.`,
          `${client}는 ${db}와 DNS 말고는 어디에도 닿지 못합니다.`,
          ({ cluster }) => {
            cluster.kubectl('run stranger --image=nginx')
            const { network } = cluster.settle()
            const from = `default/${client}`
            const tried: readonly (readonly [to: string, ports: readonly number[]])[] = [
              ['kubernetes', [443]],
              ['203.0.113.7', [443]],
              ...cluster.state
                .peek('pods')
                .filter(
                  ({ metadata: { name, labels }, spec }) =>
                    // a pod may always reach its own node, which is where such pods listen
                    spec.hostNetwork !== true && name !== client && labels?.['app'] !== db,
                )
                .map(({ metadata: { namespace, name } }) => [`${namespace}/${name}`, PORTS] as const),
            ]
            return tried.flatMap(([to, ports]) =>
              ports
                .filter((port) => isLetThrough(network.connect({ from, to, port }).outcome))
                .map((port) => `${client} reaches port ${port} of ${to}`),
            )
          },
        ),
        keepsTheRest({ 'networkpolicies/only-db': gone }),
      ],
      solution:
        'kubectl patch networkpolicy only-db --type=json -p ' +
        `'[{"op":"add","path":"/spec/egress/-","value":{"ports":[{"port":53,"protocol":"UDP"},` +
        `{"port":53,"protocol":"TCP"}]}}]'`,
      wrongRepairs: [
        'kubectl delete networkpolicy only-db',
        jsonPatch('networkpolicy only-db', [{ op: 'add', path: '/spec/egress/-', value: {} }]),
        `kubectl label pod ${client} app=free --overwrite`,
        jsonPatch('networkpolicy only-db', [
          { op: 'add', path: '/spec/egress/-', value: { to: [{ namespaceSelector: {} }] } },
        ]),
        jsonPatch('networkpolicy only-db', [
          {
            op: 'add',
            path: '/spec/egress/-',
            value: {
              ports: [
                { port: 53, protocol: 'UDP' },
                { port: 443, protocol: 'TCP' },
              ],
            },
          },
        ]),
        jsonPatch('networkpolicy only-db', [{ op: 'remove', path: '/spec/egress' }]),
        patch('networkpolicy only-db', { spec: { policyTypes: ['Ingress'] } }),
      ],
    }
  }),
  lesson('other-namespace', 'medium', 6, (draw) => {
    const client = draw.one('client', 'gateway', 'frontend')
    const shop = draw.one('shop', 'team', 'login')
    const front = draw.one('front', 'edge', 'public')
    return {
      exams: ['cka', 'ckad', 'cks'],
      texts: {
        ko: {
          title: '레이블은 맞는데',
          symptom:
            `네임스페이스 ${front}의 ${client}가 ${shop}의 db에 닿아야 하는데 막힙니다. 정책은 app=${client}를 허용하고 있습니다. ` +
            `${front}의 다른 ` +
            '포드(stranger)까지 열어 주지는 마세요.',
          hints: [
            `kubectl describe networkpolicy -n ${shop}`,
            'podSelector만 적으면 정책과 같은 네임스페이스의 포드만 선택합니다.',
            '같은 항목 안에 namespaceSelector와 podSelector를 함께 적으면 둘 다 맞는 포드를 선택합니다.',
          ],
          explanation:
            `podSelector는 정책의 네임스페이스(${shop}) 안에서만 찾습니다. 한 항목에 namespaceSelector를 함께 적어야 다른 네임스페이스의 포드를 ` +
            `선택할 수 있습니다. 두 항목으로 나누어 적으면 ${front}의 모든 포드가 들어옵니다.`,
        },
        en: {
          title: 'Blocked although the labels match',
          symptom:
            `${client} in the namespace ${front} should reach db in ${shop} and is blocked, though the ` +
            `policy ` +
            `allows app=${client}. Do not let ` +
            `in the other pod of ${front} (stranger).`,
          hints: [
            `kubectl describe networkpolicy -n ${shop}`,
            "A podSelector alone selects pods of the policy's own namespace.",
            'namespaceSelector and podSelector in one item select pods that match both.',
          ],
          explanation:
            `A podSelector looks in the namespace of the policy (${shop}) only. Add a namespaceSelector ` +
            'to the same item to select pods ' +
            `of another one. As two items they would let in every pod of ${front}.`,
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: shop } },
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: front } },
        ])
        cluster.settle()
        cluster.apply([
          sleeper(client, { app: client }, front),
          sleeper('stranger', {}, front),
          {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'db', namespace: shop, labels: { app: 'db' } },
            spec: { containers: [{ name: 'db', image: 'nginx', ports: [{ containerPort: 80 }] }] },
          },
          {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'NetworkPolicy',
            metadata: { name: 'db', namespace: shop },
            spec: {
              podSelector: { matchLabels: { app: 'db' } },
              ingress: [{ from: [{ podSelector: { matchLabels: { app: client } } }] }],
            },
          },
        ])
        cluster.settle()
      },
      shows: {
        run:
          `kubectl exec -n ${front} ${client} -- nc -z -w 2 $(kubectl get pod db -n ${shop} -o ` +
          'jsonpath={.status.podIP}) 80',
        prints: /exit code 1/,
      },
      goals: [
        ...opensOnly(`${shop}/db`, 80, { namespace: front, labels: { app: client } }, { everyPort: true }),
        keepsTheRest({
          [`networkpolicies/${shop}/db`]: gone,
          // a policy may select it by a label of its own
          [`namespaces/${front}`]: changing('metadata.labels'),
        }),
      ],
      solution:
        `kubectl patch networkpolicy db -n ${shop} --type=json -p ` +
        `'[{"op":"add","path":"/spec/ingress/0/from/0/namespaceSelector","value":{"matchLabels":` +
        `{"kubernetes.io/metadata.name":"${front}"}}}]'`,
      wrongRepairs: [
        `kubectl delete networkpolicy db -n ${shop}`,
        jsonPatch(`networkpolicy db -n ${shop}`, [
          {
            op: 'add',
            path: '/spec/ingress/0/from/-',
            value: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': front } } },
          },
        ]),
        jsonPatch(`networkpolicy db -n ${shop}`, [{ op: 'replace', path: '/spec/ingress/0', value: {} }]),
        `kubectl label pod db -n ${shop} app=free --overwrite`,
        jsonPatch(`networkpolicy db -n ${shop}`, [
          { op: 'add', path: '/spec/ingress/0/from/0/namespaceSelector', value: {} },
        ]),
        lines(
          `IP=$(kubectl get pod ${client} -n ${front} -o jsonpath={.status.podIP})`,
          `kubectl patch networkpolicy db -n ${shop} --type=json -p '[{"op":"add",` +
            `"path":"/spec/ingress/0/from/-","value":{"ipBlock":{"cidr":"'$IP'/32"}}}]'`,
        ),
      ],
    }
  }),
]
