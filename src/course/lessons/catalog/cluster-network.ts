import type { DaemonSet } from '../../../api/apps/generated.js'
import type { SimCluster } from '../../../cluster/sim-cluster.js'
import { goal, isUp, nodesAreReady } from '../goals.js'
import { changing, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { claimsReady, deployment, jsonPatch, lines, patch, pattern, sleeper, told } from '../shared.js'

const SYSTEM = 'kube-system'

const service = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80 }] },
})

/** Whether a pod gets through to a Service, by its name. */
const reaches = (cluster: SimCluster, pod: string, name: string): boolean =>
  cluster.network.connect({ from: `default/${pod}`, to: name, port: 80 }).connected

const corefileOf = (cluster: SimCluster): string =>
  cluster.state.peek('configmaps', { namespace: SYSTEM, fieldSelector: 'metadata.name=coredns' })[0]?.data?.[
    'Corefile'
  ] ?? ''

/** The words of a Corefile, in their order. */
const wordsOf = (cluster: SimCluster): string => corefileOf(cluster).trim().split(/\s+/).join(' ')

/** Replaces a text in the Corefile, and lets CoreDNS start anew. */
const editCorefile = (from: string, to: string): string =>
  lines(
    `kubectl -n ${SYSTEM} get configmap coredns -o yaml | sed 's#${from}#${to}#' | kubectl replace -f -`,
    `kubectl -n ${SYSTEM} rollout restart deployment coredns`,
    'sleep 90',
  )

/** Lets kube-proxy select other nodes. */
const selecting = (labels: object): string =>
  lines(
    jsonPatch(`daemonset kube-proxy -n ${SYSTEM}`, [
      { op: 'replace', path: '/spec/template/spec/nodeSelector', value: labels },
    ]),
    'sleep 60',
  )

const proxyOf = (cluster: SimCluster): DaemonSet | undefined =>
  cluster.state.peek('daemonsets', { namespace: SYSTEM, fieldSelector: 'metadata.name=kube-proxy' })[0]

/** Chapter 8: what pods reach each other by, and what of it is broken. */
export const clusterNetworkLessons: readonly LessonSource[] = [
  lesson('coredns-corefile', 'medium', 7, (draw) => {
    const web = draw.app()
    const [right, wrong, prints] = draw.one(
      ['forward .', 'fowrard .', /refused|timed out/] as const,
      ['loadbalance', 'loadbalancer', /refused|timed out/] as const,
      ['kubernetes cluster.local', 'kubernetes cluster.locl', /NXDOMAIN/] as const,
    )
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '이름을 모르는 클러스터',
          `포드 client가 ${web}을 이름으로 찾지 못합니다. 조금 전에 누군가 클러스터 DNS의 설정을 고쳤습니다. 다른 설정은 잃지 마세요.`,
          [
            'kubectl exec client -- nslookup kubernetes.default',
            'kubectl -n kube-system get pods; kubectl -n kube-system logs -l k8s-app=kube-dns',
            'kubectl -n kube-system get configmap coredns -o yaml',
          ],
          `Corefile에 '${wrong}'이라고 적혀 있었습니다. 없는 플러그인이 있으면 CoreDNS는 시작하지 않고, 영역 이름이 틀리면 클러스터의 이름을 모릅니다.`,
        ),
        en: told(
          'A cluster that knows no names',
          `The pod client does not find ${web} by its name. A moment ago somebody changed the settings of ` +
            `the cluster's DNS. Lose none of its other settings.`,
          [
            'kubectl exec client -- nslookup kubernetes.default',
            'kubectl -n kube-system get pods; kubectl -n kube-system logs -l k8s-app=kube-dns',
            'kubectl -n kube-system get configmap coredns -o yaml',
          ],
          `The Corefile said '${wrong}'. CoreDNS does not start with a plugin that does not exist, and ` +
            `with a wrong zone it does not know the names of the cluster.`,
        ),
      },
      prepare: ({ cluster }) => {
        cluster.apply([deployment(web, {}), service(web), sleeper('client')])
        cluster.settle()
      },
      start: ({ cluster }) => {
        cluster.patch(
          'configmaps',
          { namespace: SYSTEM, name: 'coredns' },
          { type: 'merge', body: { data: { Corefile: corefileOf(cluster).replace(right, wrong) } } },
        )
        cluster.kubectl(`delete pods -n ${SYSTEM} -l k8s-app=kube-dns`, { check: true })
        cluster.advance('2m')
      },
      shows: { run: `kubectl exec client -- nslookup ${web}.default.svc.cluster.local`, prints },
      goals: [
        goal(
          'Both pods of CoreDNS are ready.',
          'CoreDNS의 포드 두 개가 모두 준비되어 있습니다.',
          ({ cluster }) =>
            cluster.internals.until(() => {
              const [dns] = cluster.state.peek('deployments', {
                namespace: SYSTEM,
                fieldSelector: 'metadata.name=coredns',
              })
              return dns?.spec.replicas === 2 && dns.status.readyReplicas === 2 && dns.status.replicas === 2
            }, '7m'),
        ),
        goal(
          `The pod client finds ${web} by its name.`,
          `포드 client가 ${web}을 이름으로 찾습니다.`,
          ({ cluster }) => reaches(cluster, 'client', web),
        ),
        goal(
          'The Corefile says what it said before the change.',
          'Corefile이 고치기 전과 같습니다.',
          ({ cluster, healthy }) => wordsOf(cluster) === wordsOf(healthy.cluster),
        ),
        keepsTheRest({ [`configmaps/${SYSTEM}/coredns`]: changing('data.Corefile') }),
      ],
      solution: editCorefile(wrong, right),
      wrongRepairs: [
        lines(`kubectl -n ${SYSTEM} rollout restart deployment coredns`, 'sleep 90'),
        lines(`kubectl -n ${SYSTEM} delete configmap coredns`, 'sleep 90'),
        editCorefile(wrong, right === 'forward .' ? 'cache .' : 'errors'),
        lines(
          `kubectl -n ${SYSTEM} create configmap coredns ` +
            `--from-literal=Corefile='. { kubernetes cluster.local }' ` +
            '--dry-run=client -o yaml | kubectl replace -f -',
          `kubectl -n ${SYSTEM} rollout restart deployment coredns`,
          'sleep 90',
        ),
        lines(
          'kubectl delete pod client --now',
          `kubectl run client --image=busybox --overrides='{"spec":{"hostAliases":[{"ip":"10.96.0.1",` +
            `"hostnames":["${web}"]}]}}' -- sleep 100000`,
          'sleep 60',
        ),
        lines(`kubectl -n ${SYSTEM} scale deployment coredns --replicas=0`, 'sleep 60'),
      ],
    }
  }),
  lesson('kube-proxy-gone', 'medium', 7, (draw) => {
    const web = draw.app()
    const [key, value] = draw.one(
      ['kubernetes.io/os', 'linux2'] as const,
      ['proxy', 'yes'] as const,
      ['node-role.kubernetes.io/proxy', ''] as const,
    )
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '새 서비스만 닿지 않습니다',
          `서비스 ${web}을 방금 만들었는데 어느 포드에서도 닿지 않습니다. 포드의 주소로는 닿고, 어제 만든 서비스들도 멀쩡합니다.`,
          [
            `kubectl get endpointslices: 서비스의 엔드포인트는 있습니다.`,
            '서비스의 주소는 어느 노드에나 있는 규칙일 뿐입니다. 누가 그 규칙을 쓰나요?',
            'kubectl -n kube-system get daemonset',
          ],
          'kube-proxy의 데몬셋이 어느 노드도 선택하지 않아 포드가 없었습니다. 커널의 규칙은 남아 있어 예전 서비스만 동작했습니다.',
        ),
        en: told(
          'Only new Services are unreachable',
          `The Service ${web} was just created, and no pod reaches it. Its pods respond at their own ` +
            `addresses, and the Services of yesterday work.`,
          [
            'kubectl get endpointslices: the Service has endpoints.',
            'The address of a Service is but a rule on each node. Who writes these rules?',
            'kubectl -n kube-system get daemonset',
          ],
          'The DaemonSet of kube-proxy selected no node, so it had no pods. The rules in the kernels ' +
            'stayed, so that only old Services worked.',
        ),
      },
      prepare: ({ cluster }) => {
        cluster.apply([deployment(web, {}), sleeper('client')])
        cluster.settle()
      },
      start: ({ cluster }) => {
        cluster.patch(
          'daemonsets',
          { namespace: SYSTEM, name: 'kube-proxy' },
          {
            type: 'json',
            body: [{ op: 'replace', path: '/spec/template/spec/nodeSelector', value: { [key]: value } }],
          },
        )
        cluster.advance('1m')
        cluster.apply([service(web)])
        cluster.settle()
      },
      shows: { run: `kubectl exec client -- wget -qO- -T 2 ${web}`, prints: /timed out/ },
      goals: [
        goal(
          'A pod of kube-proxy runs on each node.',
          '모든 노드에 kube-proxy의 포드가 실행되고 있습니다.',
          ({ cluster }) =>
            cluster.internals.until(() => {
              const { numberReady = 0, desiredNumberScheduled = 0 } = proxyOf(cluster)?.status ?? {}
              return numberReady === desiredNumberScheduled && numberReady === cluster.nodes().length
            }, '3m'),
        ),
        goal(
          `The Service ${web} is reached from every node.`,
          `어느 노드에서나 서비스 ${web}에 닿습니다.`,
          ({ cluster }) =>
            reaches(cluster, 'client', web) &&
            cluster
              .nodes()
              .every(
                ({ name }) =>
                  cluster.network.connect({ from: { node: name }, to: `default/${web}`, port: 80 }).connected,
              ),
        ),
        isUp(web),
        keepsTheRest({ [`daemonsets/${SYSTEM}/kube-proxy`]: changing('spec.template.spec.nodeSelector') }),
      ],
      solution: selecting({ 'kubernetes.io/os': 'linux' }),
      wrongRepairs: [
        lines(`kubectl delete service ${web}`, `kubectl expose deployment ${web} --port=80`, 'sleep 60'),
        lines(
          `kubectl delete service ${web}`,
          `kubectl expose deployment ${web} --port=80 --cluster-ip=None`,
          'sleep 60',
        ),
        lines(`kubectl -n ${SYSTEM} rollout restart daemonset kube-proxy`, 'sleep 60'),
        lines(`kubectl label nodes --all --overwrite ${key}=${value}`, 'sleep 60'),
        lines(
          `kubectl -n ${SYSTEM} run kube-proxy --image=registry.k8s.io/kube-proxy:v1.35.0 ` +
            `-l k8s-app=kube-proxy --overrides='{"spec":{"nodeName":"node-1","hostNetwork":true}}'`,
          'sleep 60',
        ),
        selecting({ 'kubernetes.io/hostname': 'node-1' }),
        lines(
          patch(`deployment ${web}`, { spec: { template: { spec: { hostNetwork: true } } } }),
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('network-plugin', 'medium', 6, (draw) => {
    const [node, other] = draw.nodes()
    const place = draw.one('/root', '/tmp', '/home')
    const FILE = '/etc/cni/net.d/10-bridge.conflist'
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '네트워크를 잃은 노드',
          `${node}이 NotReady입니다. kubelet도 containerd도 실행 중입니다.`,
          [
            `kubectl describe node ${node}: Ready 조건의 메시지`,
            `ssh ${node} ls /etc/cni/net.d; ssh ${other} ls /etc/cni/net.d`,
          ],
          `CNI 설정 파일이 ${place}로 옮겨져 있었습니다. containerd는 /etc/cni/net.d에서 네트워크 플러그인을 찾고, 없으면 ` +
            `kubelet이 노드를 NotReady로 알립니다.`,
        ),
        en: told(
          'A node that lost its network',
          `${node} is NotReady. Its kubelet and containerd are running.`,
          [
            `kubectl describe node ${node}: the message of the condition Ready`,
            `ssh ${node} ls /etc/cni/net.d; ssh ${other} ls /etc/cni/net.d`,
          ],
          `The configuration of CNI had been moved to ${place}. containerd looks for network plugins in ` +
            `/etc/cni/net.d; without one, the kubelet reports NotReady.`,
        ),
      },
      start: async ({ cluster, master }) => {
        await master.sh(`ssh ${node} mv ${FILE} ${place}/`)
        cluster.advance('1m')
      },
      shows: { run: 'kubectl get nodes', prints: pattern`${node} +NotReady` },
      goals: [
        nodesAreReady,
        goal(
          `The configuration of CNI on ${node} is the one before the fault.`,
          `${node}의 CNI 설정이 고장 나기 전과 같습니다.`,
          async ({ master, healthy }) => {
            const read = `ssh ${node} cat ${FILE}`
            const [now, before] = [await master.sh(read), await healthy.master.sh(read)]
            return now.exitCode === 0 && now.stdout === before.stdout
          },
        ),
        keepsTheRest(),
      ],
      solution: lines(`ssh ${node} mv ${place}/10-bridge.conflist ${FILE}`, 'sleep 60'),
      wrongRepairs: [
        lines(`kubectl delete node ${node}`, 'sleep 60'),
        lines(
          `ssh ${node} systemctl restart containerd`,
          `ssh ${node} systemctl restart kubelet`,
          'sleep 60',
        ),
        lines(`ssh ${node} touch ${FILE}`, 'sleep 60'),
        lines(`ssh ${node} 'echo "{}" > /etc/cni/net.d/99.conf'`, 'sleep 60'),
        claimsReady(node),
        `kubectl cordon ${node}`,
        lines(`ssh ${node} 'echo "{\\"type\\":\\"loopback\\"}" > /etc/cni/net.d/99.conf'`, 'sleep 60'),
      ],
    }
  }),
]
