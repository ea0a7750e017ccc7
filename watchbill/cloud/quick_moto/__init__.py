"""moto as quick as a day needs it: called without a socket, with open connections, and nothing imported unasked."""
