// A cluster for all tests of a package: `go test` in this folder, after `npm install simcluster`.
package crash

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

var (
	kubeconfig string
	clients    kubernetes.Interface
)

// simcluster runs a command of the program on the served cluster: simcluster("crash", "node-1").
func simcluster(words ...string) error {
	program := os.Getenv("SIMCLUSTER")
	if program == "" {
		program = "npx simcluster"
	}
	line := append(strings.Fields(program), append(words, "--kubeconfig", kubeconfig)...)
	out, err := exec.Command(line[0], line[1:]...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("simcluster %s: %w\n%s", strings.Join(words, " "), err, out)
	}
	return nil
}

// TestMain serves a cluster whose time is virtual: it moves when a test says so, and nothing waits.
func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	folder, err := os.MkdirTemp("", "simcluster-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	kubeconfig = filepath.Join(folder, "kubeconfig")
	if err := simcluster("serve", "--detach", "--time", "virtual"); err != nil {
		return 1, err
	}
	defer func() {
		if stopped := simcluster("stop"); err == nil {
			err = stopped
		}
	}()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return 1, err
	}
	if clients, err = kubernetes.NewForConfig(config); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

func TestPodsOfADeadNodeAreReplaced(t *testing.T) {
	ctx, replicas := context.Background(), int32(3)
	labels := map[string]string{"app": "web"}
	web := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "nginx"}}},
			},
		},
	}
	if _, err := clients.AppsV1().Deployments("default").Create(ctx, web, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	// NotReady, five minutes of toleration, replacements
	for _, words := range [][]string{{"settle"}, {"crash", "node-1"}, {"advance", "7m"}} {
		if err := simcluster(words...); err != nil {
			t.Fatal(err)
		}
	}
	pods, err := clients.CoreV1().Pods("default").List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	alive := 0
	for _, pod := range pods.Items {
		if pod.DeletionTimestamp != nil {
			continue
		}
		alive++
		if pod.Spec.NodeName == "node-1" {
			t.Errorf("%s is on the node that is dead", pod.Name)
		}
	}
	if alive != 3 {
		t.Errorf("%d pods are there, not 3", alive)
	}
}
