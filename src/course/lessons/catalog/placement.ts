import { comesUp, goal, isUp, podsOf, templateOf } from '../goals.js'
import { changing, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { deployment, jsonPatch, lines, sleeper, told } from '../shared.js'

/** Chapter 8: pods that find no node or no volume, and names that nobody resolves. */
export const placementLessons: readonly LessonSource[] = [
  lesson('coredns-scaled', 'easy', 4, (draw) => {
    const db = draw.one('db', 'cache', 'queue', 'store')
    return {
      exams: ['cka'],
      options: { nodes: 2, addons: { coreDNS: true } },
      texts: {
        ko: told(
          '이름이 통하지 않는 클러스터',
          `어느 포드도 서비스의 이름을 찾지 못합니다. 주소로는 닿습니다. client에서 http://${db}로 확인해 보세요.`,
          [
            'kubectl exec client -- cat /etc/resolv.conf: 그 주소의 서비스는 무엇인가요?',
            'kubectl get endpointslices -n kube-system',
            'kubectl get deployment -n kube-system',
          ],
          'CoreDNS가 0개로 줄어 있어 서비스 kube-dns 뒤에 아무도 없었습니다. kubeadm의 기본값은 둘입니다.',
        ),
        en: told(
          'A cluster without names',
          `No pod can resolve the name of a Service; addresses work. Try http://${db} from client.`,
          [
            'kubectl exec client -- cat /etc/resolv.conf: which Service has that address?',
            'kubectl get endpointslices -n kube-system',
            'kubectl get deployment -n kube-system',
          ],
          'CoreDNS had been scaled to 0, so nobody stood behind the Service kube-dns. kubeadm starts two.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          sleeper('client'),
          deployment(db, {}),
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: db },
            spec: { selector: { app: db }, ports: [{ port: 80 }] },
          },
        ])
        cluster.settle()
        cluster.kubectl('scale deployment coredns -n kube-system --replicas=0')
        cluster.settle()
      },
      shows: { run: `kubectl exec client -- wget -qO- -T 2 http://${db}`, prints: /bad address|exit code/ },
      goals: [
        goal(
          `client reaches ${db} by its name.`,
          `client가 ${db}에 이름으로 닿습니다.`,
          ({ cluster }) =>
            cluster.settle().network.connect({ from: 'default/client', to: db, port: 80 }).connected,
        ),
        goal(
          'Two pods of CoreDNS are ready.',
          'CoreDNS의 포드 둘이 준비되어 있습니다.',
          ({ cluster }) =>
            (cluster
              .settle()
              .state.peek('deployments', {
                namespace: 'kube-system',
                fieldSelector: 'metadata.name=coredns',
              })[0]?.status?.readyReplicas ?? 0) >= 2,
        ),
        keepsTheRest({ 'deployments/kube-system/coredns': changing('spec.replicas') }),
      ],
      solution: lines('kubectl scale deployment coredns -n kube-system --replicas=2', 'sleep 30'),
      wrongRepairs: [
        lines('kubectl scale deployment coredns -n kube-system --replicas=1', 'sleep 30'),
        lines('kubectl rollout restart deployment coredns -n kube-system', 'sleep 30'),
        `kubectl exec client -- sh -c 'echo "10.96.0.99 ${db}" >> /etc/hosts'`,
        lines(
          'kubectl delete deployment coredns -n kube-system',
          'kubectl create deployment coredns -n kube-system --image=nginx --replicas=2',
          'sleep 60',
        ),
        'kubectl delete pod client',
      ],
    }
  }),
  lesson('node-selector', 'easy', 4, (draw) => {
    const web = draw.app()
    const [node] = draw.nodes()
    const [key, value] = draw.one(['disk', 'ssd'] as const, ['zone', 'a'] as const, ['gpu', 'yes'] as const)
    return {
      exams: ['cka', 'ckad'],
      texts: {
        ko: told(
          '조건에 맞는 노드가 없습니다',
          `${web}의 포드가 Pending입니다. ${web}는 ${key}=${value}인 노드에서만 실행되어야 하는데, ${node}이 바로 그런 ` +
            `노드입니다. 운영팀이 노드에 ` +
            '레이블을 다는 것을 잊었습니다.',
          [
            'kubectl describe pod: node affinity/selector',
            'kubectl get nodes --show-labels',
            `${node}에 레이블을 다세요.`,
          ],
          '포드의 조건은 맞고 노드의 레이블이 없었습니다. 조건을 지우면 포드는 어디서든 실행되지만 필요한 것을 얻지 못합니다.',
        ),
        en: told(
          'No node fits',
          `The pods of ${web} are Pending. ${web} may only run on nodes with ${key}=${value}, and ` +
            `${node} is one; the operators forgot to label it.`,
          [
            'kubectl describe pod: node affinity/selector',
            'kubectl get nodes --show-labels',
            `Label ${node}.`,
          ],
          'The condition of the pods is right; the node lacked its label. Without the condition pods run ' +
            'anywhere, and miss what they need.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, {}, { nodeSelector: { [key]: value } })])
        cluster.settle()
      },
      shows: { run: 'kubectl get pods', prints: /Pending/ },
      goals: [
        isUp(web),
        goal(
          `All pods of ${web} run on ${node}, the only node with the label.`,
          `${web}의 모든 포드가 레이블이 있는 유일한 노드 ${node}에서 실행됩니다.`,
          (desk) =>
            comesUp(desk, web, 2) &&
            podsOf(desk.cluster, web).every(({ spec }) => spec.nodeName === node) &&
            desk.cluster.state
              .peek('nodes')
              .every(({ metadata }) => (metadata.labels?.[key] === value) === (metadata.name === node)),
        ),
        keepsTheRest({ [`nodes/${node}`]: changing(`metadata.labels.${key}`) }),
      ],
      solution: lines(`kubectl label node ${node} ${key}=${value}`, 'sleep 30'),
      wrongRepairs: [
        lines(`kubectl label nodes --all ${key}=${value}`, 'sleep 30'),
        lines(
          jsonPatch(`deployment ${web}`, [{ op: 'remove', path: '/spec/template/spec/nodeSelector' }]),
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(`kubectl label node ${node} ${key}=other`, 'sleep 30'),
      ],
    }
  }),
  lesson('strict-spread', 'medium', 5, (draw) => {
    const web = draw.app()
    const constraint = '/spec/template/spec/topologySpreadConstraints/0'
    const spread = (whenUnsatisfiable: string): object => ({
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable,
      labelSelector: { matchLabels: { app: web } },
    })
    return {
      exams: ['cka', 'ckad'],
      texts: {
        ko: told(
          '둘까지만 되는 배포',
          `${web}를 넷으로 늘렸는데 둘이 Pending입니다. 두 워커에 둘씩 고르게 나뉘면 됩니다. 컨트롤 플레인에는 두지 마세요.`,
          [
            'kubectl describe pod: topology spread constraints',
            '컨트롤 플레인도 하나의 영역으로 셉니다. 그곳의 포드는 0개입니다.',
            'kubectl explain pod.spec.topologySpreadConstraints의 nodeTaintsPolicy와 whenUnsatisfiable',
          ],
          '제약은 테인트가 있는 컨트롤 플레인까지 세어서, 워커에 하나씩 둔 다음에는 차이가 1을 넘었습니다. nodeTaintsPolicy: Honor는 갈 수 없는 노드를 ' +
            '세지 않고, ScheduleAnyway는 되도록 지킵니다.',
        ),
        en: told(
          'Two replicas and no more',
          `${web} was scaled to four, and two pods are Pending. Two on each worker are what is wanted, ` +
            `and none on the control plane.`,
          [
            'kubectl describe pod: topology spread constraints',
            'The control plane counts as a domain, too, with no pod on it.',
            'nodeTaintsPolicy and whenUnsatisfiable in kubectl explain pod.spec.topologySpreadConstraints',
          ],
          'The constraint counted the tainted control plane, so after one pod on each worker the skew ' +
            'was used up. nodeTaintsPolicy: Honor leaves out nodes ' +
            'where the pod may not run; ScheduleAnyway keeps the rule where possible.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, {}, { topologySpreadConstraints: [spread('DoNotSchedule')] }, 4)])
        cluster.settle()
      },
      shows: { run: 'kubectl get pods', prints: /Pending/ },
      goals: [
        isUp(web, 4),
        goal(
          `Two pods of ${web} are on each worker, and the constraint is still there.`,
          `${web}의 포드가 워커마다 둘씩 있고, 제약도 그대로 있습니다.`,
          (desk) => {
            if (!comesUp(desk, web, 4)) return false
            const constraints = templateOf(desk.cluster, web)?.topologySpreadConstraints ?? []
            const isThere = constraints.some(
              ({ maxSkew, topologyKey, labelSelector }) =>
                maxSkew === 1 &&
                topologyKey === 'kubernetes.io/hostname' &&
                labelSelector?.matchLabels?.['app'] === web,
            )
            const used = podsOf(desk.cluster, web).map(({ spec }) => spec.nodeName)
            return (
              isThere &&
              ['node-1', 'node-2'].every((node) => used.filter((each) => each === node).length === 2)
            )
          },
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing(
            'spec.template.spec.topologySpreadConstraints.*.whenUnsatisfiable',
            'spec.template.spec.topologySpreadConstraints.*.nodeTaintsPolicy',
            // the constraint counts only nodes that fit these
            'spec.template.spec.affinity',
            'spec.template.spec.nodeSelector',
          ),
        }),
      ],
      solution: lines(
        jsonPatch(`deployment ${web}`, [
          { op: 'add', path: `${constraint}/nodeTaintsPolicy`, value: 'Honor' },
        ]),
        'sleep 90',
      ),
      wrongRepairs: [
        lines(
          jsonPatch(`deployment ${web}`, [
            { op: 'remove', path: '/spec/template/spec/topologySpreadConstraints' },
          ]),
          'sleep 90',
        ),
        lines(`kubectl scale deployment ${web} --replicas=2`, 'sleep 60'),
        lines('kubectl taint nodes control-plane node-role.kubernetes.io/control-plane-', 'sleep 60'),
        lines(
          jsonPatch(`deployment ${web}`, [{ op: 'replace', path: `${constraint}/maxSkew`, value: 5 }]),
          'sleep 90',
        ),
        lines(`kubectl rollout restart deployment ${web}`, 'sleep 60'),
      ],
    }
  }),
  lesson('claim-access-mode', 'medium', 5, (draw) => {
    const [web, volume] = [draw.app(), draw.one('archive', 'media', 'uploads')]
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '묶이지 않는 볼륨',
          `${web}의 포드가 Pending이고 PVC ${volume}도 Pending입니다. PV ${volume}은 비어 있고 크기도 맞습니다. PV는 고치지 말고, 한 ` +
            `노드에서만 쓰면 ` +
            `됩니다. PVC의 매니페스트는 /root/claim.yaml입니다.`,
          [
            'kubectl describe pvc',
            'kubectl get pv,pvc: ACCESS MODES를 비교하세요.',
            'PVC의 accessModes는 고칠 수 없습니다. 지우고 고친 파일로 다시 만드세요.',
          ],
          'PVC는 ReadWriteMany를 원했는데 PV는 ReadWriteOnce만 지원합니다. 접근 모드는 원하는 것을 모두 지원하는 PV에만 묶입니다.',
        ),
        en: told(
          'A claim that is not bound',
          `The pods of ${web} are Pending, and so is the claim ${volume}. The volume ${volume} is free ` +
            `and large enough. Leave it as it is: one node is enough. The manifest of the claim is ` +
            `/root/claim.yaml.`,
          [
            'kubectl describe pvc',
            'kubectl get pv,pvc: compare ACCESS MODES.',
            'The accessModes of a ' +
              'claim cannot be changed: delete it, and create it from the corrected file.',
          ],
          'The claim wanted ReadWriteMany, and the volume supports ReadWriteOnce. A claim is only bound ' +
            'to a volume that supports every mode it asks for.',
        ),
      },
      start: ({ cluster, master }) => {
        const claim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${volume}}
spec:
  storageClassName: ""
  accessModes: [ReadWriteMany]
  resources: {requests: {storage: 2Gi}}
`
        master.write('/root/claim.yaml', claim)
        cluster.apply([
          {
            apiVersion: 'v1',
            kind: 'PersistentVolume',
            metadata: { name: volume },
            spec: {
              capacity: { storage: '5Gi' },
              accessModes: ['ReadWriteOnce'],
              hostPath: { path: '/srv/data' },
            },
          },
        ])
        cluster.apply(claim)
        cluster.apply([
          deployment(
            web,
            { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
            { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: volume } }] },
            1,
          ),
        ])
        cluster.settle()
      },
      shows: { run: 'kubectl get pvc', prints: /Pending/ },
      goals: [
        goal(
          `The claim ${volume} asks for 2Gi and is bound to the volume ${volume}.`,
          `PVC ${volume}이 2Gi를 요청하고 PV ${volume}에 묶였습니다.`,
          ({ cluster }) => {
            const found = () =>
              cluster.state.peek('persistentvolumeclaims', {
                namespace: 'default',
                fieldSelector: `metadata.name=${volume}`,
              })[0]
            return (
              cluster.internals.until(() => found()?.status.phase === 'Bound', '2m') &&
              found()?.spec.volumeName === volume &&
              found()?.spec.resources?.requests?.['storage'] === '2Gi'
            )
          },
        ),
        isUp(web, 1),
        keepsTheRest({ [`persistentvolumeclaims/${volume}`]: changing('spec.accessModes') }),
      ],
      solution: lines(
        `kubectl delete pvc ${volume} --wait=false`,
        `kubectl delete pods -l app=${web}`,
        `sed -i s/ReadWriteMany/ReadWriteOnce/ claim.yaml`,
        'sleep 10',
        'kubectl apply -f claim.yaml',
        'sleep 60',
      ),
      wrongRepairs: [
        lines(
          jsonPatch(`pv ${volume}`, [{ op: 'replace', path: '/spec/accessModes', value: ['ReadWriteMany'] }]),
          'sleep 60',
        ),
        lines(
          jsonPatch(`deployment ${web}`, [
            { op: 'replace', path: '/spec/template/spec/volumes/0', value: { name: 'data', emptyDir: {} } },
          ]),
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, `kubectl delete pvc ${volume}`, 'sleep 30'),
        lines(
          `kubectl delete pvc ${volume} --wait=false`,
          `kubectl delete pods -l app=${web}`,
          `sed -i 's/ReadWriteMany/ReadWriteOnce/; s/2Gi/1Gi/' claim.yaml`,
          'sleep 10',
          'kubectl apply -f claim.yaml',
          'sleep 60',
        ),
        lines(`kubectl delete pv ${volume}`, 'sleep 30'),
      ],
    }
  }),
]
