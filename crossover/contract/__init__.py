"""What every transport must do, and the records that everything else is made from."""
