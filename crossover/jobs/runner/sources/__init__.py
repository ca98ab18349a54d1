"""Where the lines of a job come from: files, standard input, folders; each line has a number, from 1."""
