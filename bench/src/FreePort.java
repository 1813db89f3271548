import java.net.InetAddress;
import java.net.ServerSocket;

/** Prints a port that is free. */
class FreePort {
  public static void main(String[] arguments) throws java.io.IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      System.out.println(socket.getLocalPort());
    }
  }
}
