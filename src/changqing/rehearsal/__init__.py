"""Small servers on 127.0.0.1 that play the outside world in rehearsals."""
