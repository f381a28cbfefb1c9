/* A program that does nothing: starting and ending it is all that a launcher can be timed with. */
int main(void)
{
    return 0;
}
