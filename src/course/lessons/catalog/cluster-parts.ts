import { parseQuantity } from '../../../api/quantity.js'
import { goal, isUp, nodesAreReady, objectOf, apiserverResponds, runsAsBefore, templateOf } from '../goals.js'
import { changing, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { claimsReady, deployment, jsonPatch, lines, MANIFESTS, patch, pattern, PROBE } from '../shared.js'

const KEY_FLAG = '--service-account-private-key-file=/etc/kubernetes/pki'

/** Chapter 8: parts of the cluster that do not work. */
export const clusterLessons: readonly LessonSource[] = [
  lesson('T2-flag', 'medium', 5, (draw) => {
    const [flag, wrong] = draw.one(
      ['allow-privileged', 'allow-priviledged'] as const,
      ['enable-bootstrap-token-auth', 'enable-bootstrap-token-auht'] as const,
    )
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '갑자기 끊긴 kubectl',
          symptom:
            'kubectl이 connection refused라고 합니다. 조금 전에 누군가 컨트롤 플레인의 설정을 고쳤습니다.',
          hints: ['crictl ps -a', '끝난 컨테이너의 crictl logs를 읽으세요.'],
          explanation:
            '옵션의 철자가 틀리면 apiserver는 시작하지 않습니다. 로그의 첫 줄이 그 옵션을 알려 줍니다.',
        },
        en: {
          title: 'kubectl is cut off',
          symptom:
            'kubectl says: connection refused. A moment ago somebody changed the settings of the ' +
            'control plane.',
          hints: ['crictl ps -a', 'Read crictl logs of the container that exited.'],
          explanation:
            'The apiserver does not start with a misspelt flag. The first line of its log names the flag.',
        },
      },
      start: ({ master }) => master.sh(`sed -i 's#--${flag}#--${wrong}#' ${MANIFESTS}/kube-apiserver.yaml`),
      shows: { run: 'kubectl get nodes', prints: /was refused/ },
      goals: [apiserverResponds, runsAsBefore('kube-apiserver'), nodesAreReady, keepsTheRest()],
      solution: `sed -i 's#--${wrong}#--${flag}#' ${MANIFESTS}/kube-apiserver.yaml`,
      wrongRepairs: [
        lines(`sed -i '/--${wrong}/d' ${MANIFESTS}/kube-apiserver.yaml`, 'sleep 60'),
        lines(`sed -i 's#--${wrong}=true#--${flag}=false#' ${MANIFESTS}/kube-apiserver.yaml`, 'sleep 60'),
        `rm ${MANIFESTS}/kube-apiserver.yaml`,
        lines(
          `sed -i 's#--${wrong}#--${flag}#' ${MANIFESTS}/kube-apiserver.yaml`,
          `sed -i 's#=Node,RBAC#=AlwaysAllow#' ${MANIFESTS}/kube-apiserver.yaml`,
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('T2-etcd', 'medium', 6, (draw) => {
    const [key, wrong] = draw.one(['server.key', 'serve.key'] as const, ['peer.key', 'pear.key'] as const)
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '멀쩡한 매니페스트, 뜨지 않는 apiserver',
          symptom: 'kubectl이 connection refused라고 하는데, apiserver의 매니페스트는 맞습니다.',
          hints: ['crictl ps -a: apiserver 말고도 없는 것이 있습니다.', 'tail /var/log/etcd.log'],
          explanation:
            'apiserver는 etcd 없이는 동작할 수 없습니다. etcd의 매니페스트가 존재하지 않는 키를 가리키고 있었습니다.',
        },
        en: {
          title: 'The manifest is right, the apiserver is down',
          symptom: 'kubectl says: connection refused, and the manifest of the apiserver is right.',
          hints: [
            'crictl ps -a: the apiserver is not the only one that is missing.',
            'tail /var/log/etcd.log',
          ],
          explanation:
            'The apiserver does not live without etcd, whose manifest named a key that does not exist.',
        },
      },
      start: ({ master }) => master.sh(`sed -i 's#etcd/${key}#etcd/${wrong}#' ${MANIFESTS}/etcd.yaml`),
      shows: { run: 'kubectl get nodes', prints: /was refused/ },
      goals: [apiserverResponds, runsAsBefore('etcd'), runsAsBefore('kube-apiserver'), keepsTheRest()],
      solution: `sed -i 's#etcd/${wrong}#etcd/${key}#' ${MANIFESTS}/etcd.yaml`,
      wrongRepairs: [
        lines(
          `sed -i 's#pki/etcd/${wrong}#pki/etcd/healthcheck-client.key#' ${MANIFESTS}/etcd.yaml`,
          'sleep 60',
        ),
        lines(`cp /etc/kubernetes/pki/etcd/${key} /etc/kubernetes/pki/etcd/${wrong}`, 'sleep 60'),
        `rm ${MANIFESTS}/etcd.yaml`,
        lines('systemctl restart kubelet', 'sleep 60'),
        lines(`sed -i 's#--key-file=.*#--key-file=/dev/null#' ${MANIFESTS}/etcd.yaml`, 'sleep 60'),
      ],
    }
  }),
  lesson('T3-scheduler', 'medium', 5, (draw) => {
    const web = draw.app()
    const [node] = draw.nodes()
    const place = draw.one('/root', '/tmp', '/home')
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '아무도 보지 않는 포드',
          symptom: '새 포드가 Pending인데 이벤트가 하나도 없습니다.',
          hints: [
            'kubectl describe pod: 이벤트가 없다는 것은 아무도 보지 않았다는 뜻입니다.',
            'crictl ps에서 무엇이 빠졌나요?',
            `ls ${MANIFESTS} ${place}`,
          ],
          explanation:
            '스케줄러의 매니페스트가 옮겨져 스케줄러가 없었습니다. 되돌리면 kubelet이 다시 띄웁니다.',
        },
        en: {
          title: 'Pending pods without an event',
          symptom: 'New pods stay Pending, without a single event.',
          hints: [
            'kubectl describe pod: no event means that nobody has looked at it.',
            'What is missing in crictl ps?',
            `ls ${MANIFESTS} ${place}`,
          ],
          explanation:
            'The manifest of the scheduler had been moved away. Put back, the kubelet starts the ' +
            'scheduler again.',
        },
      },
      start: async ({ cluster, master }) => {
        await master.sh(`mv ${MANIFESTS}/kube-scheduler.yaml ${place}/`)
        cluster.apply([deployment(web, {})])
        cluster.advance('1m')
      },
      shows: {
        run: 'kubectl get pods; kubectl describe pods | tail -2',
        prints: /Pending[^]*Events: +<none>/,
      },
      goals: [
        runsAsBefore('kube-scheduler'),
        goal('New pods are scheduled.', '새 포드가 배치됩니다.', ({ cluster }) => {
          cluster.kubectl(`run ${PROBE} --image=nginx`)
          return cluster.internals.until(
            () => objectOf(cluster, 'pods', PROBE)?.status.phase === 'Running',
            '3m',
          )
        }),
        isUp(web),
        keepsTheRest(),
      ],
      solution: `mv ${place}/kube-scheduler.yaml ${MANIFESTS}/`,
      wrongRepairs: [
        lines(patch(`deployment ${web}`, { spec: { template: { spec: { nodeName: node } } } }), 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        `kubectl delete deployment ${web}`,
        lines(`cp ${MANIFESTS}/kube-controller-manager.yaml ${MANIFESTS}/kube-scheduler.yaml`, 'sleep 60'),
        lines(`kubectl rollout restart deployment ${web}`, 'sleep 60'),
      ],
    }
  }),
  lesson('T3-resources', 'easy', 3, (draw) => {
    const web = draw.app()
    const cpus = draw.one('64', '96', '128')
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '너무 큰 포드',
          symptom: `${web}의 포드가 Pending에 머물러 있습니다.`,
          hints: [
            'kubectl describe pod: FailedScheduling',
            '요청한 자원과 kubectl describe node의 Allocatable을 비교하세요.',
          ],
          explanation: `포드가 CPU ${cpus}개를 요청했는데 그런 노드는 없습니다. 요청은 실제로 쓸 만큼만 적습니다.`,
        },
        en: {
          title: 'Pods that wait for a place',
          symptom: `The pods of ${web} stay Pending.`,
          hints: [
            'kubectl describe pod: FailedScheduling',
            'Compare the requests with Allocatable in kubectl describe node.',
          ],
          explanation: `The pods request ${cpus} CPUs, which no node has. Request what is really used.`,
        },
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, { resources: { requests: { cpu: cpus } } })])
        cluster.settle()
      },
      shows: { run: 'kubectl describe pods', prints: /2 Insufficient cpu/ },
      goals: [
        isUp(web),
        goal(
          `${web} still requests CPU, no more than a node has.`,
          `${web}이 여전히 CPU를 요청하며, 노드가 가진 것보다 많지 않습니다.`,
          ({ cluster }) => {
            const requests = templateOf(cluster, web)?.containers[0]?.resources?.requests?.['cpu']
            return requests !== undefined && Number(parseQuantity(requests).nanos) > 0
          },
        ),
        keepsTheRest({ [`deployments/${web}`]: changing('spec.template.spec.containers.*.resources') }),
      ],
      solution: `kubectl set resources deployment ${web} --requests=cpu=100m`,
      wrongRepairs: [
        lines(
          `kubectl get pods -l app=${web} -o name | xargs -I{} kubectl patch {} --subresource=status -p ` +
            `'{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}'`,
          'sleep 60',
        ),
        lines(
          jsonPatch(`deployment ${web}`, [
            { op: 'remove', path: '/spec/template/spec/containers/0/resources' },
          ]),
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          `kubectl delete deployment ${web}`,
          `kubectl create deployment ${web} --image=nginx --replicas=2`,
          'sleep 60',
        ),
        lines(`kubectl set resources deployment ${web} --requests=cpu=0`, 'sleep 60'),
        lines(
          patch(`deployment ${web}`, {
            spec: { template: { spec: { priorityClassName: 'system-node-critical' } } },
          }),
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('T4-kubelet', 'easy', 3, (draw) => {
    const [node] = draw.nodes()
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '소식이 끊긴 노드',
          symptom: `${node}이 NotReady입니다.`,
          hints: [`ssh ${node} systemctl status kubelet`, '서비스가 꺼져 있다면 켜 주세요.'],
          explanation:
            'kubelet이 꺼져 있어 노드의 상태를 알리지 못했습니다. 다시 켜면 몇 초 뒤 Ready가 됩니다.',
        },
        en: {
          title: 'A node that stopped reporting',
          symptom: `${node} is NotReady.`,
          hints: [`ssh ${node} systemctl status kubelet`, 'If the service is not running, start it.'],
          explanation:
            'The kubelet was stopped and reported nothing. A few seconds after its start the node is Ready.',
        },
      },
      start: async ({ cluster, master }) => {
        await master.sh(`ssh ${node} systemctl stop kubelet`)
        cluster.advance('1m')
      },
      shows: { run: 'kubectl get nodes', prints: pattern`${node} +NotReady` },
      goals: [nodesAreReady, keepsTheRest()],
      solution: `ssh ${node} systemctl start kubelet`,
      wrongRepairs: [
        lines(`kubectl delete node ${node}`, 'sleep 60'),
        `kubectl cordon ${node}`,
        claimsReady('node-1', 'node-2'),
        `ssh ${node} systemctl enable kubelet`,
        `ssh ${node} systemctl start containerd`,
      ],
    }
  }),
  lesson('T4-certificate', 'medium', 6, (draw) => {
    const [node] = draw.nodes()
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '자꾸 다시 시작하는 kubelet',
          symptom: `${node}이 NotReady이고, kubelet이 시작했다 죽기를 되풀이합니다.`,
          hints: [
            `ssh ${node} journalctl -u kubelet -n 5`,
            'kubelet이 부트스트랩을 하려고 합니다. 클라이언트 인증서를 찾지 못한 것입니다.',
            `ssh ${node} ls /root /var/lib/kubelet/pki`,
          ],
          explanation:
            '클라이언트 인증서가 다른 곳으로 옮겨져 있었습니다. 되돌리면 kubelet이 자기를 증명하고 돌아옵니다.',
        },
        en: {
          title: 'A kubelet that starts again and again',
          symptom: `${node} is NotReady; its kubelet starts again and again.`,
          hints: [
            `ssh ${node} journalctl -u kubelet -n 5`,
            'The kubelet wants to bootstrap: it finds no client certificate.',
            `ssh ${node} ls /root /var/lib/kubelet/pki`,
          ],
          explanation:
            'The client certificate had been moved away. With it back, the kubelet can prove who it is.',
        },
      },
      start: async ({ cluster, master }) => {
        await master.sh(
          `ssh ${node} 'mv /var/lib/kubelet/pki/kubelet-client-current.pem /root/; systemctl restart ` +
            `kubelet'`,
        )
        cluster.advance('1m')
      },
      shows: { run: 'kubectl get nodes', prints: pattern`${node} +NotReady` },
      goals: [nodesAreReady, keepsTheRest()],
      solution: `ssh ${node} 'mv /root/kubelet-client-current.pem /var/lib/kubelet/pki/'`,
      wrongRepairs: [
        lines(`kubectl delete node ${node}`, 'sleep 60'),
        `kubectl cordon ${node}`,
        claimsReady('node-1', 'node-2'),
        lines(`ssh ${node} systemctl restart kubelet`, 'sleep 60'),
        lines(
          `scp /etc/kubernetes/admin.conf ${node}:/etc/kubernetes/kubelet.conf`,
          `ssh ${node} systemctl restart kubelet`,
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('T4-expired', 'hard', 8, (draw) => {
    const [node] = draw.nodes()
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '오래 꺼져 있던 노드',
          symptom: `${node}이 돌아왔는데 NotReady이고, kubelet이 시작했다 죽기를 되풀이합니다. 파일은 모두 제자리에 있습니다.`,
          hints: [
            `ssh ${node} journalctl -u kubelet -n 5`,
            `ssh ${node} openssl x509 -noout -enddate -in /var/lib/kubelet/pki/kubelet-client-current.pem`,
            `kubeadm kubeconfig user --org system:nodes --client-name system:node:${node}이 새 ` +
              `kubelet.conf를 씁니다.`,
          ],
          explanation:
            'kubelet은 인증서를 스스로 갱신하지만, 꺼져 있는 동안 만료되면 갱신을 요청할 신원이 없습니다. 새 kubelet.conf로 다시 ' +
            '시작하게 해 주어야 합니다.',
        },
        en: {
          title: 'A node that was switched off for a long time',
          symptom:
            `${node} is back, but NotReady; its kubelet starts again and again. All its files are where ` +
            'they belong.',
          hints: [
            `ssh ${node} journalctl -u kubelet -n 5`,
            `ssh ${node} openssl x509 -noout -enddate -in /var/lib/kubelet/pki/kubelet-client-current.pem`,
            `kubeadm kubeconfig user --org system:nodes --client-name system:node:${node} writes a new ` +
              'kubelet.conf.',
          ],
          explanation:
            'A kubelet renews its certificate by itself; but once it has expired, there is no identity ' +
            'left to request a renewal with. A ' +
            'new kubelet.conf gives it one.',
        },
      },
      start: ({ cluster }) => {
        const subject = { commonName: `system:node:${node}`, organizations: ['system:nodes'] }
        const { certificate, key } = cluster.pki.clientCertificate(subject, {
          notBefore: cluster.now() - 3_600_000,
          validFor: 3_540_000,
        })
        cluster.pki.write('/var/lib/kubelet/pki/kubelet-client-current.pem', certificate + key, node)
        cluster.node(node).kubelet.restart()
        cluster.advance('1m')
      },
      shows: { run: 'kubectl get nodes', prints: pattern`${node} +NotReady` },
      goals: [nodesAreReady, keepsTheRest()],
      solution: `CONF=$(kubeadm kubeconfig user --org system:nodes \
--client-name system:node:${node} | base64 -w0)
ssh ${node} "echo $CONF | base64 -d > /etc/kubernetes/kubelet.conf; systemctl restart kubelet"`,
      wrongRepairs: [
        lines(`kubectl delete node ${node}`, 'sleep 60'),
        `kubectl cordon ${node}`,
        claimsReady('node-1', 'node-2'),
        lines(`ssh ${node} systemctl restart kubelet`, 'sleep 60'),
        lines(
          `scp /etc/kubernetes/admin.conf ${node}:/etc/kubernetes/kubelet.conf`,
          `ssh ${node} systemctl restart kubelet`,
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('T5-logs', 'medium', 6, (draw) => {
    const web = draw.app()
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '늘렸는데 늘지 않습니다',
          symptom: `${web}을 셋으로 늘렸는데 아무 일도 일어나지 않습니다. 노드는 모두 Ready이고 kubectl도 잘 됩니다.`,
          hints: [
            `kubectl get deployment ${web}: 진행되지 않습니다.`,
            'ls /var/log; tail -n 3 /var/log/kube-*.log',
            'crictl ps -a',
          ],
          explanation:
            'controller-manager가 적힌 키 파일을 찾지 못해 죽어 있었습니다. 만드는 것은 apiserver가 받아 주지만, 원하는 상태로 가게 하는 것은 ' +
            'controller-manager입니다.',
        },
        en: {
          title: 'Scaling has no effect',
          symptom: `${web} was scaled to three, and nothing happens. All nodes are Ready, and kubectl works.`,
          hints: [
            `kubectl get deployment ${web}: it makes no progress.`,
            'ls /var/log; tail -n 3 /var/log/kube-*.log',
            'crictl ps -a',
          ],
          explanation:
            'The controller-manager was down because a key file was missing. The apiserver stores what you ' +
            'ask for; the controller-manager brings it about.',
        },
      },
      start: async ({ cluster, master }) => {
        cluster.apply([deployment(web, {})])
        cluster.settle()
        await master.sh(
          `sed -i 's#${KEY_FLAG}/sa.key#${KEY_FLAG}/sa.kye#' ${MANIFESTS}/kube-controller-manager.yaml`,
        )
        cluster.kubectl(`scale deployment ${web} --replicas=3`)
        cluster.advance('1m')
      },
      shows: { run: `kubectl get deployment ${web}`, prints: pattern`${web} +2/3` },
      goals: [runsAsBefore('kube-controller-manager'), isUp(web, 3), keepsTheRest()],
      solution: `sed -i 's#sa.kye#sa.key#' ${MANIFESTS}/kube-controller-manager.yaml`,
      wrongRepairs: [
        lines(`kubectl scale deployment ${web} --replicas=2`, 'sleep 60'),
        lines(`kubectl run ${web}-3 --image=nginx -l app=${web}`, 'sleep 60'),
        lines(
          `sed -i '/service-account-private-key-file/d' ${MANIFESTS}/kube-controller-manager.yaml`,
          'sleep 60',
        ),
        lines(`sed -i 's#sa.kye#ca.key#' ${MANIFESTS}/kube-controller-manager.yaml`, 'sleep 60'),
        lines(`kubectl rollout restart deployment ${web}`, 'sleep 60'),
      ],
    }
  }),
  lesson('kubelet-config', 'medium', 4, (draw) => {
    const [node] = draw.nodes('node-2')
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '설정을 바꾼 다음의 노드',
          symptom: `${node}가 NotReady입니다. 어제 누군가 kubelet의 설정을 손봤습니다.`,
          hints: [`ssh ${node} journalctl -u kubelet -n 5`, '/var/lib/kubelet/config.yaml의 kind를 보세요.'],
          explanation:
            '설정 파일의 kind가 KubeletConfig로 바뀌어 읽을 수 없었습니다. KubeletConfiguration이어야 합니다.',
        },
        en: {
          title: 'A node after a configuration change',
          symptom: `${node} is NotReady. Yesterday somebody worked on the settings of its kubelet.`,
          hints: [`ssh ${node} journalctl -u kubelet -n 5`, 'Look at kind in /var/lib/kubelet/config.yaml.'],
          explanation:
            'The kind of the file had become KubeletConfig, which cannot be read. It is ' +
            'KubeletConfiguration.',
        },
      },
      start: async ({ cluster, master }) => {
        await master.sh(
          `ssh ${node} 'sed -i s/KubeletConfiguration/KubeletConfig/ /var/lib/kubelet/config.yaml; ` +
            "systemctl restart kubelet'",
        )
        cluster.advance('1m')
      },
      shows: { run: 'kubectl get nodes', prints: pattern`${node} +NotReady` },
      goals: [nodesAreReady, keepsTheRest()],
      solution: `ssh ${node} 'sed -i s/KubeletConfig/KubeletConfiguration/ /var/lib/kubelet/config.yaml'`,
      wrongRepairs: [
        lines(`kubectl delete node ${node}`, 'sleep 60'),
        `kubectl cordon ${node}`,
        claimsReady('node-1', 'node-2'),
        lines(`ssh ${node} systemctl restart kubelet`, 'sleep 60'),
        lines(
          `ssh ${node} rm /var/lib/kubelet/config.yaml`,
          `ssh ${node} systemctl restart kubelet`,
          'sleep 60',
        ),
      ],
    }
  }),
]
