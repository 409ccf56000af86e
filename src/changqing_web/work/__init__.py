"""What is done in the background, each kind a module; `every` registers them all."""
