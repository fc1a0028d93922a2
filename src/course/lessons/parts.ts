import {
  comesUp,
  goal,
  isUp,
  nodesAreReady,
  apiserverResponds,
  podsOf,
  runs,
  runsAsBefore,
  templateOf,
} from './goals.js'
import { addMachine } from '../../host/index.js'
import { ko } from './draw.js'
import { changing, gone, keepsTheRest } from './kept.js'
import { lesson, type LessonSource } from './lesson.js'
import {
  claimsReady,
  deployment,
  ETCD_FLAGS,
  jsonPatch,
  lines,
  MANIFESTS,
  patch,
  pattern,
  sleeper,
  told,
} from './shared.js'

/** Chapter 8: more parts of the cluster that do not work, alone and two at a time. */
export const partsLessons: readonly LessonSource[] = [
  lesson('containerd-down', 'medium', 4, (draw) => {
    const [node] = draw.nodes()
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          'kubelet은 살아 있는데 NotReady',
          `${ko(node, '이')} NotReady입니다. kubelet은 실행 중이고 인증서도 맞습니다.`,
          [
            `kubectl describe node ${node}: Ready 조건의 메시지`,
            `ssh ${node} crictl ps`,
            `ssh ${node} systemctl status containerd`,
          ],
          'containerd가 멈춰 있어 kubelet이 컨테이너를 다룰 수 없었습니다. 실행 중이던 컨테이너는 계속 실행되지만 아무것도 새로 시작하거나 끝낼 수 없습니다.',
        ),
        en: told(
          'The kubelet runs, the node is NotReady',
          `${node} is NotReady. Its kubelet runs, and its certificates are right.`,
          [
            `kubectl describe node ${node}: the message of the condition Ready`,
            `ssh ${node} crictl ps`,
            `ssh ${node} systemctl status containerd`,
          ],
          'containerd was stopped, so the kubelet could not handle containers. Those that ran go on, but ' +
            'none can be started or stopped.',
        ),
      },
      start: async ({ cluster, master }) => {
        await master.sh(`ssh ${node} systemctl stop containerd`)
        cluster.advance('1m')
      },
      shows: { run: `kubectl describe node ${node}`, prints: /container runtime is down/ },
      goals: [
        nodesAreReady,
        runs(
          `crictl works on ${node}.`,
          `${node}에서 crictl이 동작합니다.`,
          `ssh ${node} crictl ps`,
          /CONTAINER/,
        ),
        keepsTheRest(),
      ],
      solution: lines(`ssh ${node} systemctl start containerd`, 'sleep 30'),
      wrongRepairs: [
        lines(`ssh ${node} systemctl restart kubelet`, 'sleep 60'),
        lines(`kubectl delete node ${node}`, 'sleep 60'),
        `kubectl cordon ${node}`,
        claimsReady(node),
        lines(
          `kubectl uncordon ${node}`,
          `kubectl taint node ${node} node.kubernetes.io/not-ready-`,
          'sleep 30',
        ),
      ],
    }
  }),
  lesson('kubelet-ca', 'medium', 5, (draw) => {
    const [node] = draw.nodes()
    const wrong = draw.one('ca-old.crt', 'CA.crt', 'root.crt')
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '인증 기관을 잃은 kubelet',
          `${ko(node, '이')} NotReady이고, kubelet이 시작했다 죽기를 되풀이합니다.`,
          [
            `ssh ${node} journalctl -u kubelet -n 5`,
            `ssh ${node} grep -A2 x509 /var/lib/kubelet/config.yaml`,
            `ssh ${node} ls /etc/kubernetes/pki`,
          ],
          `kubelet의 설정이 없는 파일 ${wrong}를 가리켰습니다. kubelet은 이 CA로 자기에게 접속하는 apiserver를 확인합니다.`,
        ),
        en: told(
          'A kubelet without its authority',
          `${node} is NotReady; its kubelet starts again and again.`,
          [
            `ssh ${node} journalctl -u kubelet -n 5`,
            `ssh ${node} grep -A2 x509 /var/lib/kubelet/config.yaml`,
            `ssh ${node} ls /etc/kubernetes/pki`,
          ],
          `The configuration of the kubelet named ${wrong}, which does not exist. With this CA a kubelet ` +
            `checks the apiserver that connects to it.`,
        ),
      },
      start: async ({ cluster, master }) => {
        await master.sh(
          `ssh ${node} 'sed -i s#pki/ca.crt#pki/${wrong}# /var/lib/kubelet/config.yaml; systemctl ` +
            `restart kubelet'`,
        )
        cluster.advance('1m')
      },
      shows: { run: 'kubectl get nodes', prints: pattern`${node} +NotReady` },
      goals: [nodesAreReady, keepsTheRest()],
      solution: lines(
        `ssh ${node} 'sed -i s#pki/${wrong}#pki/ca.crt# /var/lib/kubelet/config.yaml; ` +
          `systemctl restart kubelet'`,
        'sleep 30',
      ),
      wrongRepairs: [
        lines(
          `ssh ${node} 'sed -i /clientCAFile/d /var/lib/kubelet/config.yaml; systemctl restart kubelet'`,
          'sleep 60',
        ),
        lines(
          `ssh ${node} cp /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/${wrong}`,
          `ssh ${node} systemctl restart kubelet`,
          'sleep 60',
        ),
        lines(`kubectl delete node ${node}`, 'sleep 60'),
        claimsReady(node),
        lines(`ssh ${node} systemctl restart kubelet`, 'sleep 60'),
      ],
    }
  }),
  lesson('scheduler-flag', 'medium', 5, (draw) => {
    const web = draw.app()
    const [flag, wrong] = draw.one(
      ['leader-elect', 'leader-elected'] as const,
      ['bind-address', 'bind-adress'] as const,
    )
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '자리를 찾지 못하는 새 포드',
          `${web}를 넷으로 늘렸는데 새 포드가 이벤트도 없이 Pending입니다. 매니페스트는 모두 제자리에 있습니다.`,
          [
            'kubectl get pods -n kube-system',
            'crictl ps -a; tail /var/log/kube-scheduler.log',
            `${MANIFESTS}/kube-scheduler.yaml의 옵션을 읽으세요.`,
          ],
          `스케줄러의 옵션 이름이 ${wrong}로 잘못 적혀 시작하지 못했습니다. 이미 자리를 얻은 포드는 스케줄러 없이도 실행됩니다.`,
        ),
        en: told(
          'New pods find no place',
          `${web} was scaled to four, and the new pods are Pending without an event. All manifests are ` +
            `where they belong.`,
          [
            'kubectl get pods -n kube-system',
            'crictl ps -a; tail /var/log/kube-scheduler.log',
            `Read the flags in ${MANIFESTS}/kube-scheduler.yaml.`,
          ],
          `A flag of the scheduler was misspelt (${wrong}), so it did not start. Pods that have a node ` +
            `run on without it.`,
        ),
      },
      start: async ({ cluster, master }) => {
        cluster.apply([deployment(web, {})])
        cluster.settle()
        await master.sh(`sed -i 's#--${flag}=#--${wrong}=#' ${MANIFESTS}/kube-scheduler.yaml`)
        cluster.kubectl(`scale deployment ${web} --replicas=4`)
        cluster.advance('1m')
      },
      shows: { run: 'kubectl get pods', prints: /Pending/ },
      goals: [runsAsBefore('kube-scheduler'), isUp(web, 4), keepsTheRest()],
      solution: lines(`sed -i 's#--${wrong}=#--${flag}=#' ${MANIFESTS}/kube-scheduler.yaml`, 'sleep 30'),
      wrongRepairs: [
        lines(`sed -i '/--${wrong}/d' ${MANIFESTS}/kube-scheduler.yaml`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=2`, 'sleep 60'),
        lines(
          patch(`deployment ${web}`, { spec: { template: { spec: { nodeName: 'node-1' } } } }),
          'sleep 60',
        ),
        lines(`kubectl rollout restart deployment ${web}`, 'sleep 60'),
        lines(`rm ${MANIFESTS}/kube-scheduler.yaml`, 'sleep 60'),
      ],
    }
  }),
  lesson('etcd-port', 'medium', 5, (draw) => {
    const port = draw.one('2380', '2381', '2397')
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          'etcd는 있는데 닿지 못하는 apiserver',
          'kubectl이 connection refused라고 합니다. etcd는 실행 중입니다.',
          [
            'crictl ps -a',
            'tail -3 /var/log/kube-apiserver.log',
            `grep etcd-servers ` +
              `${MANIFESTS}/kube-apiserver.yaml; grep listen-client ${MANIFESTS}/etcd.yaml`,
          ],
          `apiserver가 etcd를 ${port}번 포트에서 찾았습니다. 클라이언트를 위한 포트는 2379이고, 2380은 etcd끼리 쓰는 포트입니다.`,
        ),
        en: told(
          'etcd runs, the apiserver does not reach it',
          'kubectl says: connection refused. etcd runs.',
          [
            'crictl ps -a',
            'tail -3 /var/log/kube-apiserver.log',
            `grep etcd-servers ` +
              `${MANIFESTS}/kube-apiserver.yaml; grep listen-client ${MANIFESTS}/etcd.yaml`,
          ],
          `The apiserver looked for etcd on port ${port}. Clients use 2379; members of etcd use 2380 ` +
            `among themselves.`,
        ),
      },
      start: ({ master }) =>
        master.sh(`sed -i 's#127.0.0.1:2379#127.0.0.1:${port}#' ${MANIFESTS}/kube-apiserver.yaml`),
      shows: { run: 'kubectl get nodes', prints: /was refused/ },
      goals: [apiserverResponds, runsAsBefore('kube-apiserver'), runsAsBefore('etcd'), keepsTheRest()],
      solution: lines(
        `sed -i 's#127.0.0.1:${port}#127.0.0.1:2379#' ${MANIFESTS}/kube-apiserver.yaml`,
        'sleep 10',
      ),
      wrongRepairs: [
        lines(`sed -i 's#2379#${port}#g' ${MANIFESTS}/etcd.yaml`, 'sleep 60'),
        lines(
          `sed -i 's#https://127.0.0.1:${port}#http://127.0.0.1:2379#' ${MANIFESTS}/kube-apiserver.yaml`,
          'sleep 60',
        ),
        lines(`sed -i '/etcd-servers/d' ${MANIFESTS}/kube-apiserver.yaml`, 'sleep 60'),
        lines(`rm ${MANIFESTS}/etcd.yaml`, 'sleep 60'),
      ],
    }
  }),
  lesson('kubeconfig-port', 'easy', 4, (draw) => {
    const port = draw.one('6444', '8443', '6433')
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '내 kubectl만 끊겼습니다',
          '/root에서 kubectl이 connection refused라고 하는데, apiserver는 실행 중이고 노드도 잘 보고합니다.',
          [
            '오류 메시지의 주소를 끝까지 읽으세요.',
            'kubectl config view; grep server /etc/kubernetes/admin.conf',
          ],
          `kubeconfig의 server가 ${port}번 포트를 가리켰습니다. 서버가 아니라 클라이언트의 설정이 틀린 경우, 다른 클라이언트는 모두 멀쩡합니다.`,
        ),
        en: told(
          'Only my kubectl is cut off',
          'In /root, kubectl says: connection refused; yet the apiserver runs, and the nodes report.',
          [
            'Read the address in the error to its end.',
            'kubectl config view; grep server /etc/kubernetes/admin.conf',
          ],
          `The server in the kubeconfig had port ${port}. When the settings of a client are wrong, all ` +
            `other clients are fine.`,
        ),
      },
      start: ({ master }) => master.sh(`sed -i 's#:6443#:${port}#' /root/.kube/config`),
      shows: { run: 'kubectl get nodes', prints: /was refused/ },
      goals: [
        runs(
          'kubectl works in /root, as kubernetes-admin, with the same certificate as admin.conf.',
          '/root에서 kubectl이 admin.conf와 같은 인증서로 kubernetes-admin으로서 동작합니다.',
          'kubectl get nodes && kubectl auth whoami && [ "$(grep client-certificate-data ' +
            '/root/.kube/config)" = "$(grep client-certificate-data /etc/kubernetes/admin.conf)" ]',
          /kubernetes-admin/,
        ),
        runs(
          'The kubeconfig checks the certificate of the apiserver.',
          'kubeconfig가 apiserver의 인증서를 확인합니다.',
          '! grep -q insecure-skip-tls-verify /root/.kube/config',
        ),
        runsAsBefore('kube-apiserver'),
        keepsTheRest(),
      ],
      solution: `sed -i 's#:${port}#:6443#' /root/.kube/config`,
      wrongRepairs: [
        lines(`sed -i 's#6443#${port}#g' ${MANIFESTS}/kube-apiserver.yaml`, 'sleep 30'),
        'rm /root/.kube/config',
        'kubectl config set-cluster kubernetes --server=https://10.0.0.10:6443 ' +
          '--insecure-skip-tls-verify=true',
        'export KUBECONFIG=/etc/kubernetes/admin.conf; kubectl get nodes',
      ],
    }
  }),
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
          `${web}의 포드가 Pending입니다. ${web}는 ${key}=${value}인 노드에서만 실행되어야 하는데, ${ko(node, '이')} 바로 그런 ` +
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
  lesson('expired-join-token', 'hard', 8, (draw) => {
    const node = draw.one('node-3', 'worker-9', 'gpu-1')
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '들어오지 못하는 새 노드',
          `새 머신 ${node}를 클러스터에 넣어야 합니다. 어제 적어 둔 명령(/root/join.sh)으로는 들어가지지 않습니다: ssh ${node} "$(cat ` +
            `join.sh)"`,
          [
            'kubeadm token list: 토큰의 수명은 하루입니다.',
            'kubeadm token create --print-join-command',
            `출력된 명령을 ssh ${node}로 실행하세요.`,
          ],
          '부트스트랩 토큰은 24시간 뒤에 만료됩니다. 새 토큰을 만들면 되고, 클러스터의 CA는 그대로이므로 해시도 같습니다.',
        ),
        en: told(
          'A new node that is not let in',
          `The new machine ${node} should join the cluster. The command that was noted yesterday ` +
            `(/root/join.sh) does not work any more: ssh ${node} "$(cat join.sh)"`,
          [
            'kubeadm token list: a token lives for a day.',
            'kubeadm token create --print-join-command',
            `Run the command that it prints by ssh ${node}.`,
          ],
          'A bootstrap token expires after 24 hours. Create another one; the CA of the cluster is the ' +
            'same, and so is its hash.',
        ),
      },
      start: async ({ cluster, master }) => {
        addMachine(cluster, node)
        await master.sh('kubeadm token create --print-join-command > /root/join.sh')
        cluster.advance('25h')
      },
      shows: { run: `kubectl get node ${node}`, prints: /NotFound/ },
      goals: [
        goal(
          `${node} is a Ready node, by its own kubelet.`,
          `${node}가 자기 kubelet으로 Ready인 노드가 되었습니다.`,
          ({ cluster }) => {
            const isReady = (): boolean =>
              cluster.state
                .peek('nodes')
                .some(
                  ({ metadata, status }) =>
                    metadata.name === node &&
                    status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ===
                      true,
                )
            if (!cluster.internals.until(isReady, '3m') || !cluster.nodes().some(({ name }) => name === node))
              return false
            cluster.kubectl([
              'kubectl',
              'run',
              'probe',
              '--image=nginx',
              `--overrides={"spec":{"nodeName":"${node}"}}`,
            ])
            return cluster.internals.until(
              () =>
                cluster.state.peek('pods', { fieldSelector: 'metadata.name=probe' })[0]?.status.phase ===
                'Running',
              '3m',
            )
          },
        ),
        nodesAreReady,
        keepsTheRest({
          [`nodes/${node}`]: gone,
          'secrets/kube-system/*': gone,
          'configmaps/kube-public/cluster-info': gone,
        }),
      ],
      solution: lines(`ssh ${node} "$(kubeadm token create --print-join-command)"`, 'sleep 60'),
      wrongRepairs: [
        lines(`ssh ${node} "$(cat join.sh)"`, 'sleep 60'),
        `kubeadm token create`,
        `echo '{"apiVersion":"v1","kind":"Node","metadata":{"name":"${node}"}}' | kubectl create -f -`,
        lines(
          `echo '{"apiVersion":"v1","kind":"Node","metadata":{"name":"${node}"}}' | kubectl create -f -`,
          claimsReady(node),
        ),
        `scp /etc/kubernetes/admin.conf ${node}:/etc/kubernetes/kubelet.conf; ssh ${node} systemctl ` +
          `restart kubelet; sleep 60`,
      ],
    }
  }),
  lesson('etcd-restore', 'hard', 10, (draw) => {
    const shop = draw.one('shop', 'team', 'login')
    const path = '/root/snapshot.db'
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '지워진 네임스페이스',
          `누군가 네임스페이스 ${shop}을 지웠습니다. 그 직전의 etcd 스냅샷이 ${path}에 있습니다. 클러스터를 그때로 되돌리세요.`,
          [
            `etcdutl snapshot status ${path}`,
            `etcdutl snapshot restore ${path} --data-dir /var/lib/etcd-restored`,
            `${MANIFESTS}/etcd.yaml의 hostPath를 새 디렉터리로 바꾸면 kubelet이 etcd를 다시 띄웁니다.`,
          ],
          '스냅샷은 새 데이터 디렉터리로 풀고, etcd의 매니페스트가 그것을 가리키게 합니다. 원래 디렉터리 위에는 풀 수 없고, 그래야 실수해도 돌아갈 수 있습니다.',
        ),
        en: told(
          'A deleted namespace',
          `Somebody deleted the namespace ${shop}. A snapshot of etcd from right before is ${path}. ` +
            `Bring the cluster back to that moment.`,
          [
            `etcdutl snapshot status ${path}`,
            `etcdutl snapshot restore ${path} --data-dir /var/lib/etcd-restored`,
            `Point the hostPath in ${MANIFESTS}/etcd.yaml to the new directory; the kubelet restarts etcd.`,
          ],
          "A snapshot is restored to a new data directory, and etcd's manifest pointed at it. It " +
            'cannot be restored over the old one, which is your way back.',
        ),
      },
      start: async ({ cluster, master }) => {
        cluster.kubectl(`create namespace ${shop}`)
        cluster.settle()
        cluster.kubectl(`create configmap prices -n ${shop} --from-literal=coffee=3`)
        cluster.kubectl(`create deployment till -n ${shop} --image=nginx --replicas=2`)
        cluster.settle()
        await master.sh(`etcdctl ${ETCD_FLAGS} snapshot save ${path}`)
        cluster.kubectl(`delete namespace ${shop}`)
        cluster.advance('1m')
      },
      shows: { run: `kubectl get all -n ${shop}`, prints: /No resources found/ },
      goals: [
        apiserverResponds,
        goal(
          `${shop} has its ConfigMap prices and its Deployment till, as they were: the same objects.`,
          `${shop}에 컨피그맵 prices와 디플로이먼트 till이 그때의 객체 그대로 있습니다.`,
          ({ cluster, master }) => {
            cluster.internals.until(() => cluster.apiserver.running, '2m')
            const [prices] = cluster.state.peek('configmaps', {
              namespace: shop,
              fieldSelector: 'metadata.name=prices',
            })
            const [till] = cluster.state.peek('deployments', {
              namespace: shop,
              fieldSelector: 'metadata.name=till',
            })
            // made again, they would be younger than the snapshot
            const saved = Date.parse(till?.metadata.creationTimestamp ?? '') < cluster.now() - 60_000
            return (
              prices?.data?.['coffee'] === '3' &&
              till?.spec.replicas === 2 &&
              saved &&
              master.read(path) !== undefined
            )
          },
        ),
        goal('Two pods of till are ready.', 'till의 포드 둘이 준비되어 있습니다.', ({ cluster }) =>
          cluster.internals.until(
            () => cluster.state.peek('deployments', { namespace: shop })[0]?.status?.readyReplicas === 2,
            '6m',
          ),
        ),
        nodesAreReady,
        keepsTheRest({ [`${MANIFESTS}/etcd.yaml`]: gone }),
      ],
      solution: lines(
        `etcdutl snapshot restore ${path} --data-dir /var/lib/etcd-restored`,
        `sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-restored#' ${MANIFESTS}/etcd.yaml`,
        'sleep 120',
      ),
      wrongRepairs: [
        lines(
          `kubectl create namespace ${shop}`,
          `kubectl create deployment till -n ${shop} --image=nginx --replicas=2`,
          `kubectl create configmap prices -n ${shop} --from-literal=coffee=3`,
          'sleep 60',
        ),
        `etcdutl snapshot restore ${path} --data-dir /var/lib/etcd-restored`,
        lines(
          `sed -i 's#path: /var/lib/etcd$#path: /var/lib/etcd-restored#' ${MANIFESTS}/etcd.yaml`,
          'sleep 120',
        ),
        `kubectl create namespace ${shop}`,
        lines(`rm ${MANIFESTS}/etcd.yaml`, 'sleep 60'),
      ],
    }
  }),
  lesson('autoscaler-without-requests', 'medium', 5, (draw) => {
    const web = draw.app()
    return {
      exams: ['cka', 'ckad'],
      options: { nodes: 2, addons: { metricsServer: true } },
      texts: {
        ko: told(
          '<unknown>만 보이는 오토스케일러',
          `HPA ${web}의 TARGETS가 <unknown>입니다. metrics-server는 잘 동작합니다. 오토스케일러의 설정은 맞습니다.`,
          [
            `kubectl describe hpa ${web}: FailedGetResourceMetric`,
            '사용률은 요청량에 대한 백분율입니다. 요청량이 있나요?',
            `${web}가 CPU 100m를 요청하게 하세요.`,
          ],
          '사용률(%)은 사용량을 요청량으로 나눈 값이라, 요청량이 없으면 계산할 수 없습니다.',
        ),
        en: told(
          'An autoscaler that sees <unknown>',
          `TARGETS of the HPA ${web} is <unknown>. metrics-server works, and the autoscaler is set up right.`,
          [
            `kubectl describe hpa ${web}: FailedGetResourceMetric`,
            'Utilization is a percentage of the request. Is there one?',
            `Let ${web} request 100m of CPU.`,
          ],
          'Utilization is usage divided by the request, and cannot be computed without one.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {}),
          {
            apiVersion: 'autoscaling/v2',
            kind: 'HorizontalPodAutoscaler',
            metadata: { name: web },
            spec: {
              scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: web },
              minReplicas: 2,
              maxReplicas: 5,
              metrics: [
                {
                  type: 'Resource',
                  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
                },
              ],
            },
          },
        ])
        cluster.advance('3m')
      },
      shows: { run: `kubectl get hpa ${web}`, prints: /<unknown>\/80%/ },
      goals: [
        goal(
          `The autoscaler knows the utilization of ${web}.`,
          `오토스케일러가 ${web}의 사용률을 압니다.`,
          ({ cluster }) =>
            cluster.internals.until(
              () =>
                cluster.state
                  .peek('horizontalpodautoscalers', { fieldSelector: `metadata.name=${web}` })[0]
                  ?.status?.conditions?.some(
                    ({ type, status }) => type === 'ScalingActive' && status === 'True',
                  ) === true,
              '5m',
            ),
        ),
        isUp(web),
        goal(
          `${web} requests 100m of CPU.`,
          `${web}가 CPU 100m를 요청합니다.`,
          ({ cluster }) => templateOf(cluster, web)?.containers[0]?.resources?.requests?.['cpu'] === '100m',
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing('spec.template.spec.containers.*.resources', 'spec.replicas'),
        }),
      ],
      solution: lines(`kubectl set resources deployment ${web} --requests=cpu=100m`, 'sleep 120'),
      wrongRepairs: [
        lines(
          `kubectl delete hpa ${web}`,
          `kubectl autoscale deployment ${web} --min=2 --max=5 --cpu-percent=80`,
          'sleep 120',
        ),
        lines(`kubectl set resources deployment ${web} --requests=memory=64Mi`, 'sleep 120'),
        lines(`kubectl scale deployment ${web} --replicas=5`, 'sleep 60'),
        `kubectl delete hpa ${web}`,
        lines(
          `kubectl set resources deployment ${web} --requests=cpu=100m`,
          patch(`hpa ${web}`, { spec: { maxReplicas: 2 } }),
          'sleep 120',
        ),
      ],
    }
  }),
  lesson('incident-two-doors', 'hard', 7, (draw) => {
    const web = draw.app()
    const port = draw.one(8080, 8000, 3000)
    return {
      exams: ['cka', 'ckad'],
      texts: {
        ko: told(
          '하나를 고쳐도 여전히 닿지 않는 서비스',
          `서비스 ${web}에 아무도 닿지 못합니다. 원인이 하나가 아닐 수 있습니다.`,
          [
            'kubectl describe service의 Endpoints와 TargetPort',
            '포드의 레이블과 서비스의 셀렉터를 비교하세요.',
            '엔드포인트가 생겨도 연결이 거부된다면 포트를 보세요.',
          ],
          `셀렉터의 tier가 틀렸고, targetPort도 ${port}로 틀렸습니다. 장애 하나를 고친 다음에는 반드시 처음의 증상을 다시 확인해야 합니다.`,
        ),
        en: told(
          'One repair is not enough',
          `Nobody reaches the Service ${web}. There may be more than one cause.`,
          [
            'Endpoints and TargetPort in kubectl describe service',
            'Compare the labels of the pods with the selector of the Service.',
            'If there are endpoints and connections are refused, look at the port.',
          ],
          `The selector had a wrong tier, and targetPort was ${port}. After one repair, always check the ` +
            `symptom again.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {}),
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: web },
            spec: { selector: { app: web, tier: 'back' }, ports: [{ port: 80, targetPort: port }] },
          },
        ])
        cluster.settle()
      },
      shows: { run: `kubectl exec deployment/${web} -- wget -qO- -T 2 http://${web}`, prints: /exit code/ },
      goals: [
        goal(
          `Clients reach the Service ${web} on port 80.`,
          `클라이언트가 서비스 ${web}의 80번 포트에 닿습니다.`,
          ({ cluster }) =>
            cluster.settle().network.connect({ from: { node: 'node-1' }, to: `default/${web}`, port: 80 })
              .connected,
        ),
        goal(
          'It leads to both pods of the Deployment, and to no other.',
          '디플로이먼트의 포드 둘로만 이어집니다.',
          (desk) => {
            if (!comesUp(desk, web, 2)) return false
            const own = podsOf(desk.cluster, web).map(({ metadata }) => metadata.name)
            const reached = desk.cluster.state
              .peek('endpointslices', { labelSelector: `kubernetes.io/service-name=${web}` })
              .flatMap(({ endpoints }) => endpoints ?? [])
              .map(({ targetRef }) => targetRef?.name)
            return reached.length === own.length && reached.every((name) => own.includes(name))
          },
        ),
        keepsTheRest({ [`services/${web}`]: changing('spec.selector', 'spec.ports.*.targetPort') }),
      ],
      solution: jsonPatch(`service ${web}`, [
        { op: 'remove', path: '/spec/selector/tier' },
        { op: 'replace', path: '/spec/ports/0/targetPort', value: 80 },
      ]),
      wrongRepairs: [
        jsonPatch(`service ${web}`, [{ op: 'remove', path: '/spec/selector/tier' }]),
        jsonPatch(`service ${web}`, [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 80 }]),
        lines(
          `kubectl label pods -l app=${web} tier=back`,
          jsonPatch(`service ${web}`, [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 80 }]),
          'sleep 20',
        ),
        lines(
          `kubectl run ${web} --image=nginx -l app=${web},tier=back`,
          jsonPatch(`service ${web}`, [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 80 }]),
          'sleep 20',
        ),
        `kubectl delete service ${web}`,
      ],
    }
  }),
  lesson('incident-node', 'hard', 7, (draw) => {
    const web = draw.app()
    const [node] = draw.nodes('node-2')
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '돌아온 뒤에도 비어 있는 노드',
          `${web}의 포드 여섯 가운데 일부가 Pending입니다. ${ko(node, '이')} NotReady인 것은 분명하지만, 그것만 고쳐서는 끝나지 않습니다.`,
          [
            `ssh ${node} systemctl status kubelet`,
            '노드가 Ready가 된 뒤 kubectl get nodes의 STATUS를 끝까지 읽으세요.',
          ],
          'kubelet이 멈춰 있었고, 누군가 그 전에 노드를 cordon해 두었습니다. Ready가 되어도 저지선은 사람이 풀어야 합니다.',
        ),
        en: told(
          'A node that is back and stays empty',
          `Of six pods of ${web} some are Pending. That ${node} is NotReady is plain to see, but ` +
            `repairing that is not all.`,
          [
            `ssh ${node} systemctl status kubelet`,
            'Once the node is Ready, read all of STATUS in kubectl get nodes.',
          ],
          'The kubelet was stopped, and before that somebody had cordoned the node. A node that is Ready ' +
            'again stays cordoned until somebody uncordons it.',
        ),
      },
      start: async ({ cluster, master }) => {
        cluster.kubectl(`cordon ${node}`)
        await master.sh(`ssh ${node} systemctl stop kubelet`)
        cluster.apply([deployment(web, { resources: { requests: { cpu: '900m' } } }, {}, 6)])
        cluster.advance('2m')
      },
      shows: { run: 'kubectl get pods', prints: /Pending/ },
      goals: [
        nodesAreReady,
        isUp(web, 6),
        goal(`Pods can be placed on ${node}.`, `${node}에 포드를 둘 수 있습니다.`, ({ cluster }) =>
          cluster.state
            .peek('nodes')
            .some(({ metadata, spec }) => metadata.name === node && spec.unschedulable !== true),
        ),
        keepsTheRest({ [`nodes/${node}`]: changing('spec.unschedulable', 'spec.taints') }),
      ],
      solution: lines(`ssh ${node} systemctl start kubelet`, `kubectl uncordon ${node}`, 'sleep 60'),
      wrongRepairs: [
        lines(`ssh ${node} systemctl start kubelet`, 'sleep 60'),
        lines(`kubectl uncordon ${node}`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=3`, 'sleep 60'),
        lines(
          `kubectl set resources deployment ${web} --requests=cpu=100m`,
          `kubectl uncordon ${node}`,
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('incident-control-plane', 'hard', 9, (draw) => {
    const web = draw.app()
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '늘어나지도, 자리를 찾지도 않습니다',
          `${web}를 넷으로 늘렸는데 포드의 수가 그대로입니다. kubectl은 잘 됩니다.`,
          [
            'crictl ps: 넷이 있어야 합니다.',
            'ls /root; tail -2 /var/log/kube-controller-manager.log',
            '포드가 생긴 다음에는 자리를 찾는지도 확인하세요.',
          ],
          'controller-manager는 없는 kubeconfig를 가리켰고, 스케줄러의 매니페스트는 옮겨져 있었습니다. 앞의 것이 고쳐져야 뒤의 것이 드러납니다.',
        ),
        en: told(
          'Nothing grows, nothing is placed',
          `${web} was scaled to four, and the number of its pods does not change. kubectl works.`,
          [
            'crictl ps: there should be four.',
            'ls /root; tail -2 /var/log/kube-controller-manager.log',
            'When pods appear, check that they get a node.',
          ],
          'The controller-manager named a kubeconfig that does not exist, and the manifest of the ' +
            'scheduler had been moved. The second fault only shows once the first is repaired.',
        ),
      },
      start: async ({ cluster, master }) => {
        cluster.apply([deployment(web, {})])
        cluster.settle()
        await master.sh(
          `sed -i 's#/etc/kubernetes/controller-manager.conf#/etc/kubernetes/controller.conf#' ` +
            `${MANIFESTS}/kube-controller-manager.yaml; ` +
            `mv ${MANIFESTS}/kube-scheduler.yaml ${draw.one('/root', '/tmp')}/`,
        )
        cluster.kubectl(`scale deployment ${web} --replicas=4`)
        cluster.advance('1m')
      },
      shows: { run: `kubectl get deployment ${web}`, prints: /2\/4/ },
      goals: [
        runsAsBefore('kube-controller-manager'),
        runsAsBefore('kube-scheduler'),
        isUp(web, 4),
        keepsTheRest(),
      ],
      solution: lines(
        `sed -i 's#/etc/kubernetes/controller.conf#/etc/kubernetes/controller-manager.conf#' ` +
          `${MANIFESTS}/kube-controller-manager.yaml`,
        `mv /root/kube-scheduler.yaml /tmp/kube-scheduler.yaml ${MANIFESTS}/ 2>/dev/null`,
        'sleep 60',
      ),
      wrongRepairs: [
        lines(
          `sed -i 's#/etc/kubernetes/controller.conf#/etc/kubernetes/controller-manager.conf#' ` +
            `${MANIFESTS}/kube-controller-manager.yaml`,
          'sleep 60',
        ),
        lines(`mv /root/kube-scheduler.yaml /tmp/kube-scheduler.yaml ${MANIFESTS}/ 2>/dev/null`, 'sleep 60'),
        lines(
          `sed -i 's#/etc/kubernetes/controller.conf#/etc/kubernetes/admin.conf#' ` +
            `${MANIFESTS}/kube-controller-manager.yaml`,
          `mv /root/kube-scheduler.yaml /tmp/kube-scheduler.yaml ${MANIFESTS}/ 2>/dev/null`,
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=2`, 'sleep 60'),
        lines(
          `kubectl run ${web}-3 --image=nginx -l app=${web}`,
          `kubectl run ${web}-4 --image=nginx -l app=${web}`,
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('incident-quota-image', 'hard', 6, (draw) => {
    const web = draw.app()
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '배포가 두 번 막혔습니다',
          `${web}는 nginx로 셋이 실행되어야 하는데 하나도 준비되지 않았습니다. 네임스페이스에는 포드를 여덟까지 허용합니다.`,
          [
            'kubectl get pods; kubectl describe replicaset',
            'kubectl describe quota',
            '이미지의 이름을 한 글자씩 읽으세요.',
          ],
          '이미지의 이름이 틀렸고, 리소스쿼터는 포드를 둘만 허용했습니다. 이미지를 고쳐도 셋째 포드는 만들어지지 않습니다.',
        ),
        en: told(
          'A rollout that is blocked twice',
          `${web} should run nginx three times, and no pod is ready. The namespace is to allow eight pods.`,
          [
            'kubectl get pods; kubectl describe replicaset',
            'kubectl describe quota',
            'Read the name of the image letter by letter.',
          ],
          'The image was misspelt, and the ResourceQuota allowed two pods. With the right image, the ' +
            'third pod is still not created.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'v1',
            kind: 'ResourceQuota',
            metadata: { name: 'pods' },
            spec: { hard: { pods: '2' } },
          },
        ])
        cluster.settle()
        cluster.apply([deployment(web, { image: draw.one('ngnix', 'ngimx', 'nginxx') }, {}, 3)])
        cluster.advance('2m')
      },
      shows: { run: `kubectl get deployment ${web}`, prints: /0\/3/ },
      goals: [
        isUp(web, 3),
        goal(
          `${web} runs nginx, and the quota allows eight pods.`,
          `${web}가 nginx를 실행하고, 쿼터가 포드 여덟을 허용합니다.`,
          ({ cluster }) =>
            /^(docker\.io\/(library\/)?)?nginx(:[\w.-]+)?$/.test(
              templateOf(cluster, web)?.containers[0]?.image ?? '',
            ) &&
            cluster.state
              .peek('resourcequotas', { namespace: 'default' })
              .some(({ spec }) => spec.hard?.['pods'] === '8'),
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing('spec.template.spec.containers.*.image'),
          'resourcequotas/pods': changing('spec.hard.pods'),
        }),
      ],
      solution: lines(
        `kubectl patch resourcequota pods -p '{"spec":{"hard":{"pods":"8"}}}'`,
        `kubectl set image deployment/${web} ${web}=nginx`,
        'sleep 120',
      ),
      wrongRepairs: [
        lines(`kubectl set image deployment/${web} ${web}=nginx`, 'sleep 120'),
        lines(
          'kubectl delete resourcequota pods',
          `kubectl set image deployment/${web} ${web}=nginx`,
          'sleep 120',
        ),
        lines(
          `kubectl scale deployment ${web} --replicas=2`,
          `kubectl set image deployment/${web} ${web}=nginx`,
          'sleep 120',
        ),
        lines(
          `kubectl patch resourcequota pods -p '{"spec":{"hard":{"pods":"8"}}}'`,
          `kubectl set image deployment/${web} ${web}=busybox`,
          'sleep 120',
        ),
        lines(`kubectl patch resourcequota pods -p '{"spec":{"hard":{"pods":"8"}}}'`, 'sleep 120'),
      ],
    }
  }),
]
