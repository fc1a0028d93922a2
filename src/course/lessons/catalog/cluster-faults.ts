import { isUp, nodesAreReady, apiserverResponds, runs, runsAsBefore } from '../goals.js'
import { keepsTheRest } from '../kept.js'
import { type Goal, lesson, type LessonSource } from '../lesson.js'
import { claimsReady, deployment, lines, MANIFESTS, patch, pattern, told } from '../shared.js'

/** The goal that the learner's own kubeconfig works, with the identity that it had. */
const kubectlWorks: Goal = runs(
  'kubectl works in /root, as kubernetes-admin, with the same certificate as admin.conf.',
  '/root에서 kubectl이 admin.conf와 같은 인증서로 kubernetes-admin으로서 동작합니다.',
  'kubectl get nodes && kubectl auth whoami && [ "$(grep client-certificate-data ' +
    '/root/.kube/config)" = "$(grep client-certificate-data /etc/kubernetes/admin.conf)" ]',
  /kubernetes-admin/,
)

/** Chapter 8: parts of the cluster that do not work: a node, the control plane, a kubeconfig. */
export const clusterFaultLessons: readonly LessonSource[] = [
  lesson('containerd-down', 'medium', 4, (draw) => {
    const [node] = draw.nodes()
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          'kubelet은 살아 있는데 NotReady',
          `${node}이 NotReady입니다. kubelet은 실행 중이고 인증서도 맞습니다.`,
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
          `${node}이 NotReady이고, kubelet이 시작했다 죽기를 되풀이합니다.`,
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
        kubectlWorks,
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
  lesson('kubeconfig-ca', 'easy', 4, (draw) => {
    const name = draw.one('kubernetes', 'old-cluster', 'staging-ca')
    return {
      exams: ['cka'],
      texts: {
        ko: told(
          '믿을 수 없는 서버',
          '/root에서 kubectl이 서버의 인증서를 확인할 수 없다고 합니다. 서버도 다른 클라이언트도 멀쩡합니다.',
          [
            '오류 메시지: 인증서에 누가 서명했는지 모른다고 합니다.',
            '/root/.kube/config와 /etc/kubernetes/admin.conf의 certificate-authority-data를 비교하세요.',
            'kubectl config set-cluster --help: --certificate-authority와 --embed-certs',
          ],
          'kubeconfig에 다른 클러스터의 CA가 들어 있었습니다. 확인을 끄면 오류는 사라지지만 누구의 서버인지 더는 알 수 없습니다.',
        ),
        en: told(
          'A server that cannot be trusted',
          'In /root, kubectl says that it cannot verify the certificate of the server. The server and all ' +
            'other clients are fine.',
          [
            'The error: it does not know who has signed the certificate.',
            'Compare certificate-authority-data in /root/.kube/config and /etc/kubernetes/admin.conf.',
            'kubectl config set-cluster --help: --certificate-authority and --embed-certs',
          ],
          'The kubeconfig had the CA of another cluster. Without the check the error goes away, and so ' +
            'does the knowledge whose server it is.',
        ),
      },
      start: ({ master }) =>
        master.sh(
          lines(
            `openssl req -x509 -newkey rsa:2048 -nodes -keyout /tmp/o.key -out /tmp/o.crt ` +
              `-subj /CN=${name} -days 3650`,
            'kubectl config set-cluster kubernetes --certificate-authority=/tmp/o.crt --embed-certs=true',
            'rm /tmp/o.key /tmp/o.crt',
          ),
        ),
      shows: { run: 'kubectl get nodes', prints: /failed to verify certificate/ },
      goals: [
        kubectlWorks,
        runs(
          'The kubeconfig has the CA of this cluster in itself, and checks the certificate by it.',
          'kubeconfig가 이 클러스터의 CA를 담고 있고, 그것으로 인증서를 확인합니다.',
          '! grep -q insecure-skip-tls-verify /root/.kube/config && [ "$(grep certificate-authority-data ' +
            '/root/.kube/config)" = "$(grep certificate-authority-data /etc/kubernetes/admin.conf)" ]',
        ),
        runsAsBefore('kube-apiserver'),
        keepsTheRest(),
      ],
      solution:
        'kubectl config set-cluster kubernetes --certificate-authority=/etc/kubernetes/pki/ca.crt ' +
        '--embed-certs=true',
      wrongRepairs: [
        'kubectl config set-cluster kubernetes --insecure-skip-tls-verify=true',
        'kubectl config unset clusters.kubernetes.certificate-authority-data',
        'rm /root/.kube/config',
        'export KUBECONFIG=/etc/kubernetes/admin.conf; kubectl get nodes',
        'kubectl config set-cluster kubernetes --server=http://10.0.0.10:8080',
        lines('kubeadm certs renew apiserver', 'sleep 60'),
      ],
    }
  }),
]
